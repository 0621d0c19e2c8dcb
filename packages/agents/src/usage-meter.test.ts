import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openUsageMeter } from "./usage-meter.ts";

let folder = "";
let stdoutPath = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "agents-"));
  stdoutPath = join(folder, "stdout");
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => openUsageMeter("pi", { stdoutPath, stderrPath: join(folder, "stderr") });

function call(timestamp: number, text = ""): string {
  const usage = { input: 10, output: 1, cacheRead: 5, cacheWrite: 0, cost: { total: 0.5 } };
  const content = [{ type: "text", text }];
  const message = { role: "assistant", content, usage, timestamp };
  return `${JSON.stringify({ type: "message_end", message })}\n`;
}

const used = (calls: number) => ({
  ...{ inputTokens: 15 * calls, cachedTokens: 5 * calls, outputTokens: calls },
  ...(calls === 0 ? {} : { costUsd: 0.5 * calls }),
});

test("grows with the output, whose file may not be there yet", async () => {
  const meter = open();
  expect(await meter.look()).toEqual(used(0));
  await writeFile(stdoutPath, `${call(1)}{"type":"agent_start"}\n`);
  expect(await meter.look()).toEqual(used(1));
  expect(await meter.look()).toEqual(used(1));
  await appendFile(stdoutPath, call(2) + call(3));
  expect(await meter.look()).toEqual(used(3));
});

test("waits for the end of a line that is being written, also in the middle of a letter", async () => {
  const meter = open();
  const line = Buffer.from(call(1, "ö".repeat(9)));
  const middle = line.indexOf(0xb6);
  await writeFile(stdoutPath, line.subarray(0, middle));
  expect(await meter.look()).toEqual(used(0));
  await appendFile(stdoutPath, line.subarray(middle));
  expect(await meter.look()).toEqual(used(1));
});

test("counts on when the middle of the output was cut out, and no call twice", async () => {
  const meter = open();
  await writeFile(stdoutPath, call(1) + call(2) + call(3) + "x".repeat(5_000));
  expect(await meter.look()).toEqual(used(3));
  await truncate(stdoutPath, call(1).length);
  await appendFile(stdoutPath, `\n[cut out here]\n${call(3)}${call(4)}`);
  expect(await meter.look()).toEqual(used(4));
});

test("passes over lines of any length, and finds the calls behind them", async () => {
  const meter = open();
  const long = `{"type":"message_update","text":"${"x".repeat(9 * 1024 * 1024)}"}\n`;
  await writeFile(stdoutPath, call(1) + long + call(2));
  expect(await meter.look()).toEqual(used(2));
});
