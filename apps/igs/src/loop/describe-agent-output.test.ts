import { expect, test } from "bun:test";
import { join } from "node:path";
import { plainPaint } from "../output/paint.ts";
import { readUtterances, renderUtterance } from "./describe-agent-output.ts";

const recordings = join(import.meta.dir, "../../../../packages/agents/test/recordings");

async function told(recording: string): Promise<readonly string[]> {
  const text = await Bun.file(join(recordings, recording)).text();
  return text
    .split("\n")
    .flatMap(readUtterances)
    .map((utterance) => renderUtterance(utterance, plainPaint).trim());
}

test.each([
  ["codex", "$ /bin/bash -lc 'env >/scratch/project/inside.txt'"],
  ["claude", "$ env >/scratch/project/inside.txt"],
  ["pi", "$ env >/scratch/project/inside.txt"],
])("what the real %s has printed becomes what it ran and said", async (tool, command) => {
  const lines = await told(`${tool}/answer.stdout.txt`);
  expect(lines.filter((line) => !line.startsWith("! Model metadata"))).toEqual([command, "Done."]);
});

test.each([
  ["codex", "rate-limited"],
  ["claude", "rate-limited"],
  ["pi", "rate-limited"],
])("a complaint of %s is told as trouble", async (tool, recording) => {
  const lines = await told(`${tool}/${recording}.stdout.txt`);
  expect(lines.some((line) => line.startsWith("! "))).toBe(true);
});

test("a line that is no JSON is told as it is, without its colours", () => {
  expect(readUtterances("\u001b[31m3 tests fail\u001b[0m")).toEqual([
    { kind: "says", text: "3 tests fail" },
  ]);
});

test("JSON of a shape that is not known is passed over", () => {
  for (const line of ['{"type":"turn.started"}', '{"a":1}', "{broken", ""]) {
    expect(readUtterances(line)).toEqual([]);
  }
});

test("an edit is told by its file, and long text is cut", () => {
  const block = { type: "tool_use", name: "Edit", input: { file_path: "src/a.ts", old: "x" } };
  const line = { type: "assistant", message: { content: [block] } };
  expect(readUtterances(JSON.stringify(line))).toEqual([{ kind: "runs", text: "Edit src/a.ts" }]);
  const long = {
    type: "assistant",
    message: { content: [{ type: "text", text: "x".repeat(9_000) }] },
  };
  expect(readUtterances(JSON.stringify(long))[0]?.text).toHaveLength(2_000);
});
