import { expect, test } from "bun:test";
import { readSummary, SummarySchema, summaryJsonSchema } from "./summary.ts";

const good = {
  executiveSummary: "It {works}.",
  keyPoints: ["One", "Two"],
  speakerContext: null,
  quotes: [{ text: 'He said "}"' }],
  research: [],
};

test.each([
  ["bare", JSON.stringify(good)],
  [
    "in a code fence with words around it",
    `Sure! Here it is:\n\`\`\`json\n${JSON.stringify(good, null, 2)}\n\`\`\`\nAnything else?`,
  ],
  ["after thinking aloud in braces", `{first I look at {the talk}} then:\n${JSON.stringify(good)}`],
  ["after a draft that does not fit", `{"executiveSummary": ""}\n${JSON.stringify(good)}`],
])("a summary %s is read", (_, answer) => {
  expect(readSummary(answer)).toEqual(good);
});

test("lists that a small model left out are empty", () => {
  expect(readSummary('{"executiveSummary":"x","keyPoints":["y"]}')).toEqual({
    ...good,
    executiveSummary: "x",
    keyPoints: ["y"],
    quotes: [],
  });
});

test.each([
  ["", "holds no JSON object"],
  ["I can't do that.", "holds no JSON object"],
  ['{"executiveSummary":"x","keyPoints":[', "holds no JSON object"],
  ['{"executiveSummary":"x","keyPoints":[]}', "keyPoints"],
  ['{"executiveSummary":1,"keyPoints":["a"]}', "executiveSummary"],
  ["[1,2]", "holds no JSON object"],
])("%p is no summary", (answer, problem) => {
  expect(readSummary(answer)).toMatchObject({ problem: expect.stringContaining(problem) });
});

test("the schema that models get asks for the fields that are read", () => {
  expect(Object.keys(summaryJsonSchema.schema.properties)).toEqual(
    Object.keys(SummarySchema.shape),
  );
});
