import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plainPaint } from "../output/paint.ts";
import { agentLine, BEGUN_MS, fact, makeLoadedLoop } from "../testing/some-loop.ts";
import { pastLines } from "./past-lines.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "past-lines-"));
  const program = join(folder, "programs", "01RUN.implement.1");
  await mkdir(program, { recursive: true });
  await writeFile(join(program, "stdout.log"), "I begin\nI am done\n");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function linesOf(change: { readonly storyId?: string; readonly linesMax?: number } = {}) {
  const at = new Date(BEGUN_MS + 20_000).toISOString();
  const loop = await makeLoadedLoop(folder, {
    facts: [fact("planned", {}, 10), fact("implemented", {}, 30), fact("paused", {}, 40)],
    attempts: [agentLine({ at }), agentLine({ at, key: "../../etc/passwd", storyId: "US-002" })],
  });
  const programsFolder = join(folder, "programs");
  const options = { paint: plainPaint, programsFolder, storyId: undefined, linesMax: 100 };
  const lines = await pastLines(loop, { ...options, ...change });
  return lines.map(
    ({ record, text }) => `${record.type}: ${text.split(/\s+/).slice(-2).join(" ")}`,
  );
}

test("what an agent said stands before the end of its run, between the facts", async () => {
  const lines = await linesOf();
  expect(lines.map((line) => line.split(":")[0])).toEqual([
    ...["fact", "fact", "output", "output", "agent-run", "agent-run", "fact", "fact"],
  ]);
  expect(lines[2]).toBe("output: I begin");
});

test("the last lines are shown where fewer are asked for", async () => {
  const all = await linesOf();
  expect(await linesOf({ linesMax: 5 })).toEqual(all.slice(-5));
});

test("of one story only what names it is shown; a key that is no program's is never a path", async () => {
  const lines = await linesOf({ storyId: "US-002" });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toStartWith("agent-run");
});
