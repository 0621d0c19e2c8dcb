// `igs schema --command`: what it says of a command's result holds of what the command really answers.
// Those of a bus that runs, with its worker, are held to it in tests/start.test.ts and tests/verify.test.ts;
// setup, notify test and a stop of something in setup.test.ts, migrate in migrate.test.ts.

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFile, writeFile } from "node:fs/promises";
import { loopPlaces } from "@system-bus/loops";
import { z } from "zod";
import { igs } from "../src/igs.ts";
import { type DescribedCommand, describedCommands } from "../src/results/described-commands.ts";
import { agentLine, fact, LOOP_ID, makeLoop, verdictLine } from "../src/testing/some-loop.ts";
import { expectDescribed } from "./expect-described.ts";
import { Processes } from "./processes.ts";
import { runInProcess } from "./run-in-process.ts";

let processes: Processes;
let engineUrl: string;
const runIds: Record<"parent" | "first", string> = { parent: "", first: "" };

beforeAll(async () => {
  processes = await Processes.create();
  engineUrl = await processes.startEngine(["--data", folderOf("state")]);
  await processes.startWorker();
  await makeLoops(folderOf("dev/loops"));
  // A run with a failed try, and one that has invoked another.
  for (const [name, event] of [
    ["first", "demo/go"],
    ["parent", "demo/parent"],
  ] as const) {
    const { runs } = (await answer(["send", event, "--wait", "--timeout", "30s"])) as {
      runs: readonly { runId: string; functionId: string }[];
    };
    runIds[name] = runs.find(({ functionId }) => functionId === name)?.runId ?? "";
  }
}, 40_000);
afterAll(() => processes.end());

const folderOf = (name: string) => `${processes.home}/${name}`;
const dataFlags = () => ["--data", folderOf("state")];

/** One that is over, one that waits for a person, one that goes on, and one whose record is damaged. */
async function makeLoops(folder: string): Promise<void> {
  const check = {
    command: ["bun", "test"],
    exitCode: 0,
    endedBy: "exit" as const,
    durationMs: 900,
    failingTests: [],
    firstErrors: [],
    outputFile: "checks.log",
  };
  const passed = [fact("planned"), fact("implemented"), fact("reviewed", { checks: [check] })];
  const finished = { generation: 1, merged: false, pushed: false, pullRequest: null, problems: [] };
  await makeLoop(folder, {
    facts: [
      ...[fact("begun"), ...passed, fact("judged"), fact("published")],
      ...[fact("ended"), fact("finished", finished), fact("retro")],
    ],
    attempts: [agentLine(), verdictLine()],
  });
  await makeLoop(folder, { loopId: "paused", facts: [fact("paused")] });
  await makeLoop(folder, { loopId: "goes-on", facts: [fact("planned")] });
  await makeLoop(folder, { loopId: "damaged" });
  await writeFile(loopPlaces(folder, "damaged").journal, "{torn}\n{torn}\n");
}

/** The result, as a program gets it. */
async function answer(args: readonly string[], url = engineUrl): Promise<unknown> {
  const env = { INNGEST_BASE_URL: url, VAULT_PATH: `${processes.home}/Vault` };
  const { stdout } = await runInProcess(igs, args, { home: processes.home, env });
  const lines = stdout.trimEnd().split("\n");
  return JSON.parse(lines.at(-1) ?? "").result;
}

async function loadSchema(command: DescribedCommand): Promise<z.ZodType> {
  const { schema } = (await answer(["schema", "--command", command])) as {
    schema: Parameters<typeof z.fromJSONSchema>[0];
  };
  return z.fromJSONSchema(schema);
}

/** A run that hasn't ended. */
async function startSleeper(): Promise<string> {
  return invokeSecond({ sleepsFor: "1h" });
}

async function invokeSecond(data: object, ...flags: readonly string[]): Promise<string> {
  const args = ["invoke", "second", "--data", JSON.stringify(data), ...flags];
  return ((await answer(args)) as { runId: string }).runId;
}

async function sendToNobody(): Promise<string> {
  const { eventIds } = (await answer(["send", "demo/nobody"])) as { eventIds: readonly string[] };
  return eventIds[0] ?? "";
}

const COMPLETED = ["--status", "completed", "--yes"];
const LOGGED = ["--action", "install", "--tool", "jq", "--detail", "For the reports."];
const logLine = () => answer(["log", "write", ...LOGGED, "--reason", "It was missing."]);

async function breakLog(): Promise<void> {
  await logLine();
  await appendFile(`${processes.home}/Vault/system/system-log.jsonl`, "{torn\n");
}

/** A backup with a row that belongs to nothing. */
async function breakBackup(): Promise<string> {
  const file = folderOf("stray.db");
  await answer(["engine", "backup", file, "--force", ...dataFlags()]);
  const db = new Database(file);
  db.exec("INSERT INTO queue_items VALUES ('stray', 'none', 'discovery', '', 0, 0, 0, NULL)");
  db.close();
  return file;
}

type Args = readonly string[] | Promise<readonly string[]>;
const cases: readonly (readonly [DescribedCommand, string, () => Args])[] = [
  ["send", "of one event", () => ["send", "demo/second", "--data", "{}"]],
  ["send", "with what it started", () => ["send", "demo/second", "--data", "{}", "--wait"]],
  ["runs", "with more to come", () => ["runs", "--limit", "1"]],
  ["runs", "of all", () => ["runs"]],
  ["run", "with a failed try", () => ["run", runIds.first]],
  ["run", "with a run that it invoked", () => ["run", runIds.parent]],
  ["events", "of all", () => ["events"]],
  ["functions", "of all", () => ["functions"]],
  ["status", "of an engine without a worker", () => ["status"]],
  ["doctor", "of what can be looked at here", () => ["doctor", "--quick"]],
  ["why", "of a run that sleeps", async () => ["why", await startSleeper()]],
  [
    "why",
    "of a run that failed",
    async () => ["why", await invokeSecond({ shouldFail: true }, "--wait")],
  ],
  ["why", "of a run that has ended well", () => ["why", runIds.parent]],
  ["why", "of an event that nothing listens for", async () => ["why", await sendToNobody()]],
  ["invoke", "of a run that goes on", () => ["invoke", "second", "--data", "{}"]],
  ["invoke", "of a run that has ended", () => ["invoke", "second", "--data", "{}", "--wait"]],
  ["cancel", "of one run", async () => ["cancel", await startSleeper()]],
  [
    "cancel",
    "of a choice of runs",
    async () => {
      await startSleeper();
      return ["cancel", "--function", "second", "--since", "1h", "--yes"];
    },
  ],
  ["cancel", "of none", () => ["cancel", "--function", "first"]],
  ["rerun", "of one run", () => ["rerun", runIds.first]],
  ["rerun", "of a choice of runs", () => ["rerun", "--function", "parent", ...COMPLETED]],
  ["log write", "of an entry", () => ["log", "write", ...LOGGED]],
  ["log tail", "of an entry with its reason", () => logLine().then(() => ["log", "tail"])],
  ["log search", "of what is found", () => logLine().then(() => ["log", "search", "reports"])],
  ["log stats", "of some entries", () => logLine().then(() => ["log", "stats"])],
  ["config", "of all settings", () => ["config"]],
  ["stop", "of nothing that runs", () => ["stop"]],
  ["recover", "of nothing that was lost", () => ["recover", "--dry-run"]],
  ["loop list", "of whole ones and a damaged one", () => ["loop", "list"]],
  ["loop status", "of one that is over", () => ["loop", "status", LOOP_ID]],
  ["loop status", "of one that has paused", () => ["loop", "status", "paused"]],
  ["loop status", "of one that goes on", () => ["loop", "status", "goes-on"]],
  ["loop show", "of a loop", () => ["loop", "show", LOOP_ID]],
  ["loop show", "of a story that has passed", () => ["loop", "show", LOOP_ID, "US-001"]],
  ["loop show", "of a story that waits for another", () => ["loop", "show", LOOP_ID, "US-002"]],
  ["loop attempts", "of agents and verdicts", () => ["loop", "attempts", LOOP_ID]],
  ["daemon status", "of none that is installed", () => ["daemon", "status"]],
  ["schema", "of all events", () => ["schema"]],
  ["schema", "of an event", () => ["schema", "system/log"]],
  ["schema", "of a command", () => ["schema", "--command", "log tail"]],
  [
    "engine backup",
    "of an engine that runs",
    () => ["engine", "backup", folderOf("copy.db"), ...dataFlags()],
  ],
  ["engine compact", "of an engine that runs", () => ["engine", "compact", ...dataFlags()]],
  [
    "engine check",
    "of a stray row",
    async () => ["engine", "check", "--file", await breakBackup()],
  ],
  [
    "engine check",
    "of a stray row that is removed",
    async () => ["engine", "check", "--repair", "--file", await breakBackup()],
  ],
  ["log validate", "of a torn line", () => breakLog().then(() => ["log", "validate"])],
];

describe("the schema of the result of igs", () => {
  test.each(cases)(
    "%s holds, %s, and names every field",
    async (command, _what, args) => {
      const result = await answer(await args());
      expect(result).not.toBeNull();
      expect((await loadSchema(command)).safeParse(result)).toMatchObject({ success: true });
      expectDescribed(command, result);
    },
    40_000,
  );

  test("status holds with nothing there", async () => {
    const result = await answer(["status"], "http://127.0.0.1:9");
    expectDescribed("status", result);
  });

  test("recover holds with events that an engine has forgotten", async () => {
    const url = await processes.startEngine();
    await answer(["send", "demo/second"], url);
    await processes.stopEngine();
    await processes.startEngine([], new URL(url).port);
    const result = await answer(["recover", "--dry-run"], url);
    expect(result).toMatchObject({ lost: [{ name: "demo/second", why: "no-event" }] });
    expectDescribed("recover", result);
  }, 20_000);

  test.each(describedCommands)("%s refuses something else", async (command) => {
    const schema = await loadSchema(command);
    expect(schema.safeParse({}).success).toBe(false);
    expect(schema.safeParse(null).success).toBe(false);
  });
});

test("runs that were told have failed tries and invoked runs to hold the schema to", async () => {
  expect(await answer(["run", runIds.first])).toMatchObject({
    steps: expect.arrayContaining([
      expect.objectContaining({
        failedAttempts: [expect.objectContaining({ error: expect.anything() })],
      }),
    ]),
  });
  expect(await answer(["run", runIds.parent])).toMatchObject({
    steps: expect.arrayContaining([expect.objectContaining({ invoked: expect.anything() })]),
  });
});

test("a command without a schema, or an event beside one, is refused", async () => {
  for (const args of [
    ["schema", "--command", "dev"],
    ["schema", "system/log", "--command", "runs"],
  ]) {
    const { exitCode } = await runInProcess(igs, args, { home: processes.home });
    expect(exitCode).toBe(2);
  }
});
