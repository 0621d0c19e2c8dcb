// igs against the embedded engine, as processes: runs that are cancelled together or run again from a step,
// and functions that are paused.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cancel } from "../src/actions/cancel.ts";
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
    const said = await cancelAtTerminal(false);
    expect(said.questions).toEqual(["Cancel 1 unfinished run of second?"]);
    expect(said.text).toContain("Nothing was cancelled.");
    expect((await cancelAtTerminal(true)).text).toContain("1 run is cancelled");
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

/** The action itself, with a person who answers. */
async function cancelAtTerminal(answer: boolean) {
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
    readStdin: async () => "",
    listenForStop: () => new AbortController().signal,
    exit: { code: 0 },
  };
  await cancel.call(context, { function: "second" }, undefined);
  return { questions, text: written.join("") };
}

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
