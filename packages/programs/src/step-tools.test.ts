import { expect, test } from "bun:test";
import type { GetStepTools, Inngest } from "inngest";
import type { StepTools } from "./step-tools.ts";

test("the official SDK's step tools can be passed as they are", () => {
  const accept = (step: GetStepTools<Inngest.Any>): StepTools => step;
  expect(accept).toBeFunction();
});
