import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readOpinion } from "./opinion.ts";

const json = (given: object = {}) =>
  JSON.stringify({
    ...{ verdict: "pass", reasons: ["Read."], tests_contradict_criteria: false, needs_story: null },
    ...given,
  });
const read = (answer: string) => readOpinion(answer, ["US-002"]);
const PASS = {
  verdict: "pass",
  reasons: ["Read."],
  testsContradictCriteria: false,
  needsStory: null,
};
const FAIL = json({ verdict: "fail", reasons: ["No."] });

describe("a judge's answer is read", () => {
  const GOOD: readonly (readonly [string, string])[] = [
    ["alone", json()],
    ["in a fence", `\`\`\`json\n${json()}\n\`\`\``],
    ["after and before some words", `I looked at {src}. ${json()}\nThat {is} all.`],
    ["with braces and quotes in its reasons", json()],
    ["with fields that nobody asked for", json({ confidence: 0.9 })],
    ["given twice, the same", `${json()}\n${json()}`],
    ["after thoughts that are JSON, too", `{"plan": ["read"]} ${json()}`],
  ];
  test.each(GOOD)("%s", (_, answer) => {
    expect(read(answer)).toEqual({ ...PASS } as ReturnType<typeof read>);
  });

  test("with what may stand in a reason, bounded and in one line", () => {
    const reasons = ['1: `f("}")` gives {\n"a": 1}', " ", "x".repeat(5_000)];
    expect(read(json({ verdict: "fail", reasons }))).toMatchObject({
      reasons: ['1: `f("}")` gives { "a": 1}', "x".repeat(1_000)],
    });
  });

  test("with a story that has to come first", () => {
    const answer = json({ verdict: "fail", needs_story: "US-002" });
    expect(read(answer)).toMatchObject({ needsStory: "US-002" });
  });

  test.each(["US-009", "", "none"])("and %j is no story that could come first", (needs_story) => {
    expect(read(json({ verdict: "fail", needs_story }))).toMatchObject({ needsStory: null });
  });
});

describe("a judge's answer can't be used", () => {
  const BAD: readonly (readonly [string, string, string])[] = [
    ["when it is empty", "", "holds no JSON object with verdict, reasons"],
    ["when it is words", "I would say pass.", "holds no JSON object"],
    ["when it breaks off", json().slice(0, -3), "holds no JSON object"],
    ["when a field is absent", '{"verdict": "pass", "reasons": []}', "holds no JSON object"],
    ["when its verdict is another", json({ verdict: "PASS!" }), "holds no JSON object"],
    ["when a field has another type", json({ tests_contradict_criteria: "no" }), "holds no JSON"],
    ["when it says two things", `${FAIL} ${json()}`, "holds several verdicts, and they differ"],
    ["when it fails without a reason", json({ verdict: "fail", reasons: [" "] }), "not why"],
    ["when it passes what can't be done yet", json({ needs_story: "US-002" }), "says pass, and"],
  ];
  test.each(BAD)("%s", (_, answer, problem) => {
    const found = read(answer);
    expect("problem" in found ? found.problem : found).toContain(problem);
  });

  test("and it takes no time, however long and odd it is", () => {
    const begunAt = performance.now();
    read('{"'.repeat(1_000_000));
    read("{".repeat(1_000_000));
    expect(performance.now() - begunAt).toBeLessThan(2_000);
  });
});

test("no text around a verdict turns fail into pass", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("{", "}", '"', "{}", json(), "\\", '{"a":'));
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 6 }),
      fc.array(text, { maxLength: 6 }),
      (before, after) => {
        const found = read(`${before.join("")}\n${FAIL}\n${after.join("")}`);
        if ("problem" in found) return;
        // A string that was opened before it may hide it; then only what stands elsewhere is there to read.
        const others = [...before, ...after].filter((other) => other === json());
        if (others.length === 0) expect(found.verdict).toBe("fail");
      },
    ),
  );
});
