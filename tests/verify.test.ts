// `igs verify` on a real `igs start`: green with both kills, red for what is really broken, and careful with what
// is in the middle.

import { expect, test } from "bun:test";
import { cp } from "node:fs/promises";
import type { ChildProcess } from "./harness/child-process.ts";
import { findFreePort } from "./harness/free-port.ts";
import { type Ended, type Env, igsArgv, readEnd, runIgs } from "./harness/igs.ts";
import { isAlive } from "./harness/processes.ts";
import { loadResultSchema } from "./harness/result-schema.ts";
import { Scratch } from "./harness/scratch.ts";
import { untilTestEnds } from "./harness/until-test-ends.ts";
import { waitFor } from "./harness/wait-for.ts";

interface ShownCheck {
  readonly id: string;
  readonly state: string;
  readonly text: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly cure: string | null;
}

const checksOf = ({ envelope }: Ended): readonly ShownCheck[] => envelope.result.checks;

function getCheck(ended: Ended, id: string): ShownCheck {
  const check = checksOf(ended).find((one) => one.id === id);
  if (!check) throw new Error(`no check ${id} in ${ended.stdout}`);
  return check;
}

async function startBus(): Promise<{ scratch: Scratch; env: Env; start: ChildProcess }> {
  const scratch = untilTestEnds(await Scratch.create());
  const env = {
    NODE_ENV: "production",
    BUS_ENGINE_PORT: String(findFreePort()),
    BUS_WORKER_PORT: String(findFreePort()),
    SUMMARY_BY: "extractive",
  };
  const start = scratch.spawn(igsArgv("start"), { env });
  await start.waitForLine(/"type":"ready"/);
  return { scratch, env, start };
}

test("igs verify ends nothing unasked while a run is in the middle; with --yes it kills worker and engine, and everything goes on", async () => {
  const { scratch, env, start } = await startBus();
  const later = String(Date.now() + 3_600_000);
  const data = JSON.stringify({ action: "note", tool: "test", detail: "later" });
  await runIgs(scratch, env, ["send", "system/log", "--data", data, "--ts", later]);
  const unasked = await runIgs(scratch, env, ["verify"]);
  expect(unasked.exitCode).toBe(0);
  expect(unasked.envelope.result.summary).toBe("3 well, 3 not checked");
  expect(getCheck(unasked, "worker-killed").text).toBe(
    "1 run is in the middle, and nobody can be asked here",
  );
  expect(start.output).not.toContain("part-ended");

  const verified = await runIgs(scratch, env, ["verify", "--yes"]);
  expect(checksOf(verified).map(({ id, state }) => `${id} ${state}`)).toEqual([
    "dashboard well",
    "worker well",
    "test-event well",
    "worker-killed well",
    "engine-restarted well",
    "daemon not-checked",
  ]);
  expect(verified.exitCode).toBe(0);
  expect(verified.envelope.result.summary).toBe("5 well, 1 not checked");
  expect(verified.stdout.match(/"type":"check"/g)).toHaveLength(6);
  const schema = await loadResultSchema(scratch, env, "verify");
  expect(schema.safeParse(verified.envelope.result).error).toBeUndefined();

  // The kills were real: the supervisor has seen each of them end by a signal, and start anew.
  const ended = start.output.split("\n").filter((line) => line.includes('"part-ended"'));
  expect(ended.map((line) => JSON.parse(line))).toMatchObject([
    { part: "worker", signal: "SIGKILL" },
    { part: "engine", signal: "SIGKILL" },
  ]);
  const killed = getCheck(verified, "worker-killed").evidence;
  expect(killed["killedPid"]).not.toBe(killed["nextPid"]);

  // It leaves nothing in vault and log.
  expect(await Array.fromAsync(new Bun.Glob("**/*").scan(scratch.path("vault")))).toEqual([]);
});

test("igs verify is red for an engine that comes back without its runs, as one without a volume does", async () => {
  const { scratch, env, start } = await startBus();
  const sendVerify = () =>
    runIgs(scratch, env, ["send", "system/verify", "--data", "{}", "--follow"]);
  const files = ["engine.db", "engine.db-wal"];
  await sendVerify();
  for (const file of files) await cp(stateFile(scratch, file), scratch.path("tmp", file));
  await sendVerify();

  const verifying = scratch.spawn(igsArgv("verify"), { env });
  const killed = await verifying.waitForLine(/"id":"worker-killed","tookMs":\d+,"state":"well"/);
  const { nextPid } = JSON.parse(killed.text).evidence;
  expect(await readPid(scratch, "worker")).toBe(nextPid);
  // Who would start the engine again stands still until its database is another one.
  start.signal("SIGSTOP");
  const engine = await readPid(scratch, "engine");
  await waitFor("the engine to be killed", async () => !(await isAlive(engine)));
  for (const file of files) await cp(scratch.path("tmp", file), stateFile(scratch, file));
  start.signal("SIGCONT");

  const verified = await readEnd(verifying);
  expect(verified.exitCode).toBe(1);
  expect(getCheck(verified, "engine-restarted")).toMatchObject({
    state: "failed",
    text: expect.stringMatching(/^\d+ of \d+ runs are gone or changed: /),
  });
  expect(verified.envelope.error).toMatchObject({
    code: "unhealthy",
    message: expect.stringContaining("4 well, 1 failed, 1 not checked"),
  });
});

interface PartsRecord {
  readonly parts: readonly { readonly name: string; readonly pid: number }[];
}

const stateFile = (scratch: Scratch, name: string) => scratch.path("bus", "start", name);

async function readPid(scratch: Scratch, name: string): Promise<number> {
  // Written by `igs start`; a test that finds less fails where it reads.
  const record = (await Bun.file(stateFile(scratch, "parts.json")).json()) as PartsRecord;
  return record.parts.find((part) => part.name === name)?.pid ?? 0;
}
