import { expect, test } from "bun:test";
import { inferRequest, readModelAnswer, shareRemark } from "./summarize-with-model.ts";

const facts = { title: "A talk", channel: null, published: null, wish: undefined };
const segments = [{ start: 0, end: 1, text: "Hello." }];
const answer = (content: string | null, refusal?: string) => ({
  model: "m-2026",
  choices: [{ message: { content, ...(refusal === undefined ? {} : { refusal }) } }],
});
const summary = {
  executiveSummary: "x",
  keyPoints: ["y"],
  speakerContext: null,
  quotes: [],
  research: [],
};

test("the request goes to the address that was set, and never with another service's key", () => {
  const before = process.env["OPENAI_API_KEY"];
  process.env["OPENAI_API_KEY"] = "sk-of-the-person";
  const request = inferRequest(
    { url: "http://127.0.0.1:11434/v1", model: "m", key: undefined },
    facts,
    segments,
  );
  if (before === undefined) delete process.env["OPENAI_API_KEY"];
  else process.env["OPENAI_API_KEY"] = before;
  expect(request.model).toMatchObject({
    url: "http://127.0.0.1:11434/v1/chat/completions",
    authKey: "none",
  });
  expect(request.body.response_format.json_schema.name).toBe("summary");
});

test("an answer is read, but for pages that a model without tools can't have opened", () => {
  const claimed = { ...summary, research: [{ title: "t", url: "https://example.org/" }] };
  expect(readModelAnswer(answer(JSON.stringify(claimed)))).toEqual({ summary, model: "m-2026" });
});

test.each([
  ["no completion", { error: "x" }, "is no chat completion"],
  ["a refusal", answer(null, "I can't."), "is a refusal: I can't."],
  ["prose", answer("It is a nice talk."), "holds no JSON object"],
])("%s is an error that a retry may mend", (_, completion, words) => {
  expect(() => readModelAnswer(completion)).toThrow(words);
});

test("a talk that was thinned out is said to be", () => {
  expect(shareRemark(segments)).toBeUndefined();
  const long = Array.from({ length: 500 }, (_, index) => ({
    start: index * 60,
    end: index * 60 + 60,
    text: "word ".repeat(200),
  }));
  expect(shareRemark(long)).toMatch(/^The talk is long: the model read \d\d % of it/);
});
