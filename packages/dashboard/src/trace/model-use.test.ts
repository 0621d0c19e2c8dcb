import { expect, test } from "bun:test";
import { modelUseText, readModelUse } from "./model-use.ts";

const use = (values: Record<string, unknown>) =>
  readModelUse({ scope: "step", kind: "inngest.ai", values });

test("the tokens of a model are told with the model that answered, and what they cost", () => {
  const read = use({
    request_model: "gpt-5.4-nano",
    response_model: "gpt-5.4-nano-2026-03-17",
    input_tokens: 1_234,
    output_tokens: 56,
    estimated_cost: 0.0003168,
  });
  expect(read?.model).toBe("gpt-5.4-nano-2026-03-17");
  expect(read && modelUseText(read)).toBe("1,234 tokens in, 56 out, about $0.00032");
});

test.each([
  [12.345, "$12.35"],
  [0.1, "$0.10"],
  [0.0961, "$0.096"],
  [0.01, "$0.010"],
  [0.00005235, "$0.000052"],
])("%p dollars are %p", (cost, text) => {
  const read = use({ input_tokens: 1, output_tokens: 1, estimated_cost: cost });
  expect(read && modelUseText(read)).toEndWith(text);
});

test("what has no price is told without, and what tells no tokens is nothing", () => {
  const read = use({ input_tokens: 5 });
  expect(read && modelUseText(read)).toBe("5 tokens in, 0 out");
  expect(use({ request_model: "m" })).toBeNull();
  expect(use({ input_tokens: "5" })).toBeNull();
  expect(
    readModelUse({ scope: "step", kind: "userland.x", values: { input_tokens: 5 } }),
  ).toBeNull();
});
