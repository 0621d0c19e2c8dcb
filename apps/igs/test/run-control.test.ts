// igs against the embedded engine, as processes: runs that are cancelled together or run again from a step,
// and functions that are paused.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cancel } from "../src/actions/cancel.ts";
import { rerun } from "../src/actions/rerun.ts";
import type { CliContext } from "../src/context.ts";
import { Processes } from "./processes.ts";

let processes: Processes;
let engineUrl: string;
beforeEach(async () => {
  processes = await Processes.create();
  engineUrl = await processes.startEngine();
  await processes.startWorker();
});
afterEach(() => processes.end());

interface ShownRun {
  readonly id: string;
  readonly status: string;
}

async function listRuns(...flags: string[]): Promise<readonly ShownRun[]> {
  const { envelope } = await processes.igs(["runs", ...flags]);
  return (envelope.result as { runs: readonly ShownRun[] }).runs;
}

async function waitForRuns(count: number, ...flags: string[]): Promise<readonly ShownRun[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    const runs = await listRuns(...flags);
    if (runs.length >= count) return runs;
  }
  throw new Error(`there are not ${count} runs`);
}

const sendSleeper = () =>
  processes.igs(["send", "demo/second", "--data", '{"sleepsFor":"1h","user":"a"}']);

describe("igs cancel of many runs", () => {
  test("counts them for a program, and cancels them only when it is sure", async () => {
    await sendSleeper();
    await sendSleeper();
    await waitForRuns(2, "--status", "running");
    const asked = await processes.igs(["cancel", "--function", "second"]);
    expect(asked.exitCode).toBe(2);
    expect(asked.envelope).toMatchObject({
      error: { message: expect.stringContaining("would cancel 2 unfinished runs of second") },
      fix: expect.stringContaining("--yes"),
    });
    expect(await listRuns("--status", "running")).toHaveLength(2);

    const spared = [
      "cancel",
      "--function",
      "demo/second",
      "--if",
      "event.data.user == 'b'",
      "--yes",
    ];
    expect((await processes.igs(spared)).envelope.result).toMatchObject({ cancelled: 0 });
    const done = await processes.igs(["cancel", "--app", "demo", "--yes"]);
    expect(done.exitCode).toBe(0);
    expect(done.envelope.result).toMatchObject({ cancelled: 2, cancellation: { hasEnded: true } });
    expect(await listRuns("--status", "cancelled")).toHaveLength(2);
    const nothing = await processes.igs(["cancel", "--function", "second"]);
    expect(nothing.envelope.result).toMatchObject({ cancelled: 0 });
  }, 30_000);

  test("asks a person, and takes a no", async () => {
    await sendSleeper();
    await waitForRuns(1, "--status", "running");
    const said = await atTerminal(false, cancelSecond);
    expect(said.questions).toEqual(["Cancel 1 unfinished run of second?"]);
    expect(said.text).toContain("Nothing was cancelled.");
    expect((await atTerminal(true, cancelSecond)).text).toContain("1 run is cancelled");
  }, 30_000);

  test("says which functions there are when it is not one of them", async () => {
    const { exitCode, envelope } = await processes.igs(["cancel", "--function", "third", "--yes"]);
    expect(exitCode).toBe(1);
    expect(envelope).toMatchObject({
      error: { code: "not-found", message: 'No function "third" is registered.' },
      fix: expect.stringContaining("igs functions"),
    });
  }, 30_000);
});

const cancelSecond = (context: CliContext) =>
  cancel.call(context, { function: "second" }, undefined);

/** An action itself, with a person who answers. */
async function atTerminal(answer: boolean, act: (context: CliContext) => Promise<void>) {
  const questions: string[] = [];
  const written: string[] = [];
  const sink = { write: (part: string) => void written.push(part) };
  const context: CliContext = {
    process: { stdout: sink, stderr: sink },
    stdout: sink,
    stderr: sink,
    programName: "igs",
    env: { HOME: processes.home, BUS_HOME: processes.home, INNGEST_BASE_URL: engineUrl },
    cwd: processes.home,
    isTerminal: true,
    terminalColumns: 100,
    confirm: async (question) => {
      questions.push(question);
      return answer;
    },
    openAddress: async () => false,
    readStdin: async () => "",
    listenForStop: () => new AbortController().signal,
    exit: { code: 0 },
  };
  await act(context);
  return { questions, text: written.join("") };
}

describe("igs rerun of many runs", () => {
  test("counts those that failed, and runs them again, oldest first, when it is sure", async () => {
    await processes.igs(["send", "demo/second", "--data", '{"shouldFail":true,"nr":1}', "--wait"]);
    await processes.igs(["send", "demo/second", "--data", '{"shouldFail":true,"nr":2}', "--wait"]);
    await processes.igs(["send", "demo/second", "--wait"]);
    const failed = await listRuns("--status", "failed");
    const choice = ["rerun", "--function", "second", "--since", "1h"];
    const asked = await processes.igs(choice);
    expect(asked.exitCode).toBe(2);
    expect(asked.envelope).toMatchObject({
      error: {
        message: expect.stringMatching(/would run 2 failed runs of second since .* again\./),
      },
      fix: expect.stringContaining("--yes"),
    });
    const done = await processes.igs([...choice, "--yes"]);
    expect(done.exitCode).toBe(0);
    const { reruns } = done.envelope.result as { reruns: { runId: string; rerunOf: string }[] };
    expect(reruns.map(({ rerunOf }) => rerunOf)).toEqual(failed.map(({ id }) => id).toReversed());
    expect(await waitForRuns(4, "--status", "failed")).toHaveLength(4);
    const none = await processes.igs([...choice, "--status", "cancelled", "--yes"]);
    expect(none.envelope.result).toEqual({ reruns: [], refused: [] });
  }, 30_000);

  test("asks a person, and takes a no", async () => {
    await processes.igs(["send", "demo/second", "--data", '{"shouldFail":true}', "--wait"]);
    const said = await atTerminal(false, (context) => rerun.call(context, { function: "second" }));
    expect(said.questions).toEqual(["Run 1 failed run of second again?"]);
    expect(said.text).toContain("Nothing was run again.");
  }, 30_000);
});

describe("igs runs", () => {
  test("chooses by event, by app and by time, and goes on page by page", async () => {
    const sent = await processes.igs(["send", "demo/go", "--follow"]);
    const { eventIds } = sent.envelope.result as { eventIds: string[] };
    expect(await listRuns("--event", eventIds[0] ?? "")).toMatchObject([
      { function: { id: "first" } },
    ]);
    expect(await listRuns("--event", "demo/second")).toMatchObject([
      { function: { id: "second" } },
    ]);
    expect(await listRuns("--app", "other")).toEqual([]);
    expect(await listRuns("--until", "1h")).toEqual([]);
    expect(await listRuns("--function", "demo/first", "--since", "1h", "--all")).toHaveLength(1);
    const page = (await processes.igs(["runs", "-n", "1"])).envelope;
    const { cursor } = page.result as { cursor: string };
    expect(page.next_actions).toContainEqual({
      command: `igs runs --cursor ${cursor}`,
      description: "Older ones",
    });
    const next = (await processes.igs(["runs", "-n", "1", "--cursor", cursor])).envelope.result;
    expect(next).toMatchObject({ runs: [{ function: { id: "first" } }] });
    expect(next).not.toHaveProperty("cursor");
  }, 30_000);
});

describe("igs rerun --from-step", () => {
  test("keeps what came before, and gives the step another input", async () => {
    await processes.igs(["send", "demo/go", "--data", "{}", "--follow"]);
    const [run] = await listRuns("--function", "first");
    const rerun = ["rerun", run?.id ?? "", "--from-step", "emit"];
    const again = await processes.igs(rerun);
    expect(again.envelope.result).toMatchObject({ rerunOf: run?.id });
    const { runId } = again.envelope.result as { runId: string };
    await waitForRuns(2, "--function", "first", "--status", "completed");
    const shown = await processes.igs(["run", runId]);
    expect(shown.envelope.result).toMatchObject({
      run: { status: "COMPLETED", originalRunId: run?.id },
      steps: [{ name: "load" }, { name: "flaky", failedAttempts: [] }, { name: "emit" }],
    });

    const withInput = await processes.igs([...rerun.slice(0, 3), "load", "--input", '["x"]']);
    expect(withInput.exitCode).toBe(0);
    const unknown = await processes.igs([...rerun.slice(0, 3), "nothing"]);
    expect(unknown.envelope).toMatchObject({
      error: { code: "not-found" },
      fix: "Its steps are: load, flaky, emit.",
    });
  }, 30_000);
});

describe("igs functions pause", () => {
  test("lets a function start nothing until it is resumed, and the list says so", async () => {
    const paused = await processes.igs(["functions", "pause", "second"]);
    expect(paused.exitCode).toBe(0);
    expect(paused.envelope).toMatchObject({
      command: "functions pause",
      result: { function: { id: "second", pause: { holdsRuns: true } } },
      next_actions: [{ command: "igs functions resume second" }, {}],
    });
    await processes.igs(["send", "demo/second"]);
    expect(await waitForRuns(1)).toMatchObject([{ status: "SKIPPED" }]);
    const listed = await processes.igs(["functions", "--json"]);
    expect(listed.envelope.command).toBe("functions");
    expect(JSON.stringify(listed.envelope.result)).toContain('"pause":{"pausedAt"');

    const resumed = await processes.igs(["functions", "resume", "demo/second"]);
    expect(JSON.stringify(resumed.envelope.result)).not.toContain("pausedAt");
    await processes.igs(["send", "demo/second"]);
    expect(await waitForRuns(1, "--status", "completed")).toHaveLength(1);
  }, 30_000);
});

test("what a real server lacks is said in words, with 3", async () => {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      const app = { id: "demo" };
      if (pathname === "/api/v2/apps")
        return Response.json({ data: [{ id: "demo", name: "demo" }] });
      if (pathname.endsWith("/functions"))
        return Response.json({ data: [{ id: "f", name: "f", app }] });
      if (pathname === "/api/v2/runs") {
        const run = { id: "1", app, function: { id: "f", name: "f" }, status: "RUNNING" };
        return Response.json({ data: [{ ...run, queuedAt: "2026-11-21T02:00:00Z" }] });
      }
      return new Response("404 page not found\n", { status: 404 });
    },
  });
  const env = { INNGEST_BASE_URL: server.url.origin };
  const asked = [
    { args: ["functions", "pause", "f"], words: "has no pausing of functions" },
    { args: ["cancel", "--function", "f", "--yes"], words: "has no bulk cancellation" },
    { args: ["invoke", "f"], words: "has no invocation by API" },
  ];
  for (const { args, words } of asked) {
    const { exitCode, envelope } = await processes.igs(args, env);
    expect(exitCode).toBe(3);
    expect(envelope).toMatchObject({
      error: { code: "unavailable", message: expect.stringContaining(words) },
      fix: expect.stringContaining("embedded engine"),
    });
  }
  await server.stop(true);
}, 30_000);

describe("igs why", () => {
  test("answers in one paragraph, with the findings beside it for programs", async () => {
    const sent = await sendSleeper();
    const [run] = await waitForRuns(1, "--status", "running");
    const told = await processes.igs(["why", run?.id ?? ""]);
    expect(told.exitCode).toBe(0);
    expect(told.envelope).toMatchObject({
      ok: true,
      command: "why",
      result: {
        findings: [
          { kind: "sleeps", step: "nap", runId: run?.id, functionId: "second" },
          { kind: "started-by", event: "demo/second" },
        ],
        paragraph: expect.stringContaining("sleeps in step nap"),
      },
      next_actions: [{ command: `igs run ${run?.id}` }],
    });
    const { eventIds } = sent.envelope.result as { eventIds: readonly string[] };
    const ofEvent = await processes.igs(["why", eventIds[0] ?? ""]);
    expect(ofEvent.envelope.next_actions).toMatchObject([{ command: `igs why ${run?.id}` }, {}]);
  }, 30_000);

  test("knows neither run nor event: says so, and where to look", async () => {
    const unknown = await processes.igs(["why", "01M7XX8G6W1DC58JY8SRGZ2ZER"]);
    expect(unknown.exitCode).toBe(1);
    expect(unknown.envelope).toMatchObject({
      error: { code: "not-found", message: expect.stringContaining("neither a run nor an event") },
      fix: expect.stringContaining("igs runs"),
    });
  }, 30_000);
});
