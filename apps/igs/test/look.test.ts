// igs events tail, functions, invoke and open against the embedded engine.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { readLines } from "../src/supervisor/lines.ts";
import { Processes } from "./processes.ts";

let processes: Processes;
let engineUrl: string;
beforeEach(async () => {
  processes = await Processes.create();
  engineUrl = await processes.startEngine();
  await processes.startWorker();
});
afterEach(() => processes.end());

test("igs events tail -f tells what was, what comes, and ends cleanly", async () => {
  await processes.igs(["send", "demo/one", "--data", '{"nr":1}']);
  await processes.igs(["send", "demo/other"]);
  const child = processes.spawnIgs(["events", "tail", "-f", "--name", "demo/one"]);
  const lines = readLines(child.stdout);
  const next = async () => JSON.parse((await lines.next()).value ?? "null");
  expect(await next()).toMatchObject({ type: "event", name: "demo/one", data: { nr: 1 } });
  await processes.igs(["send", "demo/other"]);
  await processes.igs(["send", "demo/one", "--data", '{"nr":2}']);
  expect(await next()).toMatchObject({ type: "event", name: "demo/one", data: { nr: 2 } });
  child.kill("SIGINT");
  expect(await next()).toMatchObject({
    ok: true,
    command: "events tail",
    result: { toldCount: 2 },
  });
  expect(await child.exited).toBe(0);
}, 30_000);

describe("igs invoke", () => {
  test("starts a function by itself, and waits for what it returns", async () => {
    const done = await processes.igs(["invoke", "second", "--wait"]);
    expect(done.exitCode).toBe(0);
    expect(done.envelope.result).toMatchObject({
      functionId: "second",
      status: "COMPLETED",
      output: { note: "made" },
    });
    const once = ["invoke", "demo/second", "--id", "once"];
    const [first, again] = [await processes.igs(once), await processes.igs(once)];
    expect(again.envelope.result).toEqual(first.envelope.result);
    const failed = await processes.igs(["invoke", "second", "-d", '{"shouldFail":true}', "--wait"]);
    expect(failed.exitCode).toBe(1);
    expect(failed.envelope).toMatchObject({ error: { code: "run-failed" } });
  }, 30_000);

  test("waits no longer than it is told to", async () => {
    const args = ["invoke", "second", "-d", '{"sleepsFor":"1h"}', "--wait", "--timeout", "200ms"];
    const { exitCode, envelope } = await processes.igs(args);
    expect(exitCode).toBe(1);
    expect(envelope).toMatchObject({
      error: { code: "timed-out" },
      fix: expect.stringContaining("igs run "),
    });
  }, 30_000);
});

test("igs functions tells how each has done lately", async () => {
  await processes.igs(["send", "demo/second", "--wait"]);
  await processes.igs(["send", "demo/second", "-d", '{"shouldFail":true}', "--wait"]);
  const { envelope } = await processes.igs(["functions"]);
  expect(envelope.result).toMatchObject({
    functions: expect.arrayContaining([
      expect.objectContaining({
        id: "second",
        health: expect.objectContaining({
          lastRun: expect.objectContaining({ status: "FAILED" }),
          endedCount: 2,
          failedCount: 1,
        }),
      }),
      expect.objectContaining({ id: "first", health: expect.objectContaining({ lastRun: null }) }),
    ]),
  });
  expect(envelope.next_actions).toContainEqual(
    expect.objectContaining({ command: "igs runs --function second --status failed" }),
  );
}, 30_000);

test("igs open finds what an id means, and hands its address to the browser as one word", async () => {
  const sent = await processes.igs(["send", "demo/second", "--wait"]);
  const { eventIds, runs } = sent.envelope.result as {
    eventIds: string[];
    runs: { runId: string }[];
  };
  const base = engineUrl.replace("127.0.0.1", "localhost");
  const opener = join(processes.home, process.platform === "darwin" ? "open" : "xdg-open");
  await Bun.write(opener, `#!/bin/sh\nprintf '%s\\n' "$#" "$1" >> ${processes.home}/opened\n`);
  await chmod(opener, 0o755);
  const env = { PATH: `${processes.home}:${process.env.PATH}`, DISPLAY: ":9", SSH_CONNECTION: "" };
  const runId = runs[0]?.runId ?? "";
  const opened = await processes.igs(["open", runId], env);
  expect(opened.envelope.result).toEqual({ address: `${base}/runs/${runId}`, isOpened: true });
  expect(await Bun.file(join(processes.home, "opened")).text()).toBe(`1\n${base}/runs/${runId}\n`);

  const addressOf = async (...args: string[]) =>
    (await processes.igs(["open", ...args], { DISPLAY: "" })).envelope.result;
  expect(await addressOf()).toEqual({ address: `${base}/`, isOpened: false });
  expect(await addressOf(eventIds[0] ?? "", "--print")).toEqual({
    address: `${base}/events/${eventIds[0]}`,
    isOpened: false,
  });
  expect(await addressOf("second", "--print")).toMatchObject({
    address: `${base}/functions/demo/second`,
  });
  const unknown = await processes.igs(["open", "01M7XX6RHXFQ11CGAZ6E55S500"]);
  expect(unknown.envelope).toMatchObject({ error: { code: "not-found" } });
}, 30_000);
