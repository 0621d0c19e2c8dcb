// #sample testing
import { expect, test } from "bun:test";
import { InngestTestEngine } from "@inngest/test";
import { recovering } from "./errors.ts";
import { stepTwo } from "./triggers.ts";

test("the whole function", async () => {
  const t = new InngestTestEngine({ function: stepTwo });
  const { result, error } = await t.execute({
    events: [{ name: "pipeline/step-two", data: { result: "Hi" } }],
  });
  expect(error).toBeUndefined();
  expect(result).toBe("Hi");
});

test("with a step's result given", async () => {
  const t = new InngestTestEngine({ function: recovering });
  const { result } = await t.execute({
    steps: [{ id: "risky-step", handler: () => "mocked result" }],
  });
  expect(result).toBe("mocked result");
});

test("a single step", async () => {
  const t = new InngestTestEngine({ function: recovering });
  const { error } = await t.executeStep("risky-step");
  expect(String(Object(error).message)).toBe("the risky way failed");
});
// #end
