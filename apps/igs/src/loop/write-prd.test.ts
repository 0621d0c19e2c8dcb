import { expect, test } from "bun:test";
import { prd } from "../testing/some-loop.ts";
import { readAnswer } from "./write-prd.ts";

test("a PRD is read out of the fence and the sentences that agents put around it", () => {
  const answer = `Here is the plan:\n\`\`\`json\n${JSON.stringify(prd, null, 2)}\n\`\`\`\nGood luck!`;
  expect(readAnswer(answer)).toEqual({ prd });
});

test("what is wrong with a PRD comes back as lines to be told to its writer", () => {
  const answer = readAnswer(JSON.stringify({ ...prd, title: "", storys: [] }));
  expect(answer).toEqual({
    problems: [expect.stringContaining("title"), expect.stringContaining("storys")],
  });
});

test("an answer without a PRD says so", () => {
  for (const text of ["I can't do that.", "{broken", ""]) {
    expect(readAnswer(text)).toEqual({ problems: ["The answer holds no JSON object."] });
  }
});
