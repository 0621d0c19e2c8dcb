// The list on an engine and a worker that are plain objects; tests/verify.test.ts has the real ones.

import { afterEach, describe, expect, test } from "bun:test";
import { plainPaint } from "../output/paint.ts";
import {
  END,
  ENGINE,
  type Planted,
  SUPERVISOR,
  VerifyBench,
  WORKER,
} from "../testing/verify-bench.ts";
import type { DaemonLook } from "./look-at-daemon.ts";
import { renderCheck, summarizeChecks } from "./render-checks.ts";
import { runChecks } from "./run-checks.ts";
import type { VerifyScene } from "./verify-scene.ts";

let benches: VerifyBench[] = [];
afterEach(async () => {
  for (const bench of benches) await bench.stop();
  benches = [];
});

function createBench(planted: Planted = {}, record = false): VerifyBench {
  const bench = new VerifyBench(planted);
  if (record) bench.supervisor = VerifyBench.recordOf();
  benches.push(bench);
  return bench;
}

async function verify(bench: VerifyBench, more: Partial<VerifyScene> = {}) {
  const results = await runChecks(bench.createScene(more));
  const states = results.map(({ id, state }) => `${id} ${state}`);
  return { results, states, of: (id: string) => results.find((result) => result.id === id) };
}

describe("the verification list", () => {
  test("what nobody would start again is not checked, with the reason, and never well", async () => {
    const bench = createBench();
    const { states, results, of } = await verify(bench);
    expect(states).toEqual([
      "dashboard well",
      "worker well",
      "test-event well",
      "worker-killed not-checked",
      "engine-restarted not-checked",
      "daemon not-checked",
    ]);
    expect(bench.signals).toEqual([]);
    expect(of("worker-killed")?.text).toBe("nothing here starts the worker again");
    expect(summarizeChecks(results)).toBe("3 well, 3 not checked");
    expect(results.map((result) => renderCheck(result, plainPaint)).join("\n")).toContain(
      "– daemon            not checked: no daemon\n                    install one",
    );
  });

  test("one fault is told once: what needs the broken part is not checked", async () => {
    const { states, of } = await verify(createBench({ registered: ["another"] }, true));
    expect(states.slice(1, 4)).toEqual([
      "worker failed",
      "test-event not-checked",
      "worker-killed not-checked",
    ]);
    expect(of("test-event")?.text).toBe("the worker's registration has to be well for it");
  });

  test("an engine that doesn't answer fails the dashboard, and nothing else is tried", async () => {
    const bench = createBench({}, true);
    const { states } = await verify(bench, { engineUrl: "http://127.0.0.1:1" });
    expect(states).toEqual([
      "dashboard failed",
      ...["worker", "test-event", "worker-killed", "engine-restarted", "daemon"].map(
        (id) => `${id} not-checked`,
      ),
    ]);
    expect(bench.signals).toEqual([]);
  });

  test("a server without a page is tried on: functions run there all the same", async () => {
    const { states } = await verify(createBench({ hasNoPage: true }));
    expect(states.slice(0, 3)).toEqual(["dashboard failed", "worker well", "test-event well"]);
  });

  test.each([
    [{ runs: [] }, "no run of system-verify was started"],
    [{ status: "FAILED", output: { name: "Error", message: "broken" } }, "ended as failed: broken"],
    [{ status: "RUNNING" }, "has not ended within 30.0 s"],
    [{ output: { anything: "else" } }, "returned something else"],
  ])("a test event fails when %p", async (planted, text) => {
    expect((await verify(createBench(planted))).of("test-event")).toMatchObject({
      state: "failed",
      text: expect.stringContaining(text),
      cure: expect.stringContaining("igs why"),
    });
  });

  test("Ctrl-C ends it after what was found, and nothing is told of the check in hand", async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const { results } = await verify(createBench({}, true), {
      signal: stop.signal,
      onResult({ id }) {
        told.push(id);
        if (id === "worker") stop.abort();
      },
    });
    expect(results.map(({ id }) => id)).toEqual(["dashboard", "worker"]);
    expect(told).toEqual(["dashboard", "worker"]);
  });

  test("consent is asked once, and without it nothing is ended", async () => {
    let askedCount = 0;
    const bench = createBench({}, true);
    const { of, states } = await verify(bench, {
      async askConsent() {
        askedCount += 1;
        return { kind: "refused", reason: "1 run is in the middle", cure: "wait" };
      },
    });
    expect(states.slice(3)).toEqual([
      "worker-killed not-checked",
      "engine-restarted not-checked",
      "daemon not-checked",
    ]);
    expect(of("engine-restarted")).toMatchObject({ text: "1 run is in the middle", cure: "wait" });
    expect(askedCount).toBe(1);
    expect(bench.signals).toEqual([]);
  });
});

describe("a worker that is kept", () => {
  test("is killed, and is well when another process goes on with what the first step gave", async () => {
    const bench = createBench({}, true);
    expect((await verify(bench)).of("worker-killed")).toMatchObject({
      state: "well",
      evidence: { killedPid: WORKER.pid, nextPid: WORKER.pid + 1_000, token: "1", runId: "01RUN" },
    });
    expect(bench.signals[0]).toBe(`SIGKILL ${WORKER.pid}`);
  });

  test("is left alone when another worker runs this engine's functions", async () => {
    const bench = createBench({ firstWorker: { ...WORKER, startMark: "9" } }, true);
    expect((await verify(bench)).of("worker-killed")).toMatchObject({
      state: "not-checked",
      text: expect.stringContaining("another worker than the one that is kept here"),
    });
    expect(bench.signals).not.toContain(`SIGKILL ${WORKER.pid}`);
  });

  test("fails when it stays away, within a bound, and nothing more is ended", async () => {
    const bench = createBench({ staysDown: true }, true);
    const { of } = await verify(bench);
    expect(bench.signals).toEqual([`SIGKILL ${WORKER.pid}`]);
    expect(of("engine-restarted")?.state).toBe("not-checked");
    expect(of("worker-killed")).toMatchObject({
      state: "failed",
      text: "the worker (pid 4711) was ended and did not come back within 1 min 00 s",
    });
  });

  test("fails when the first step ran a second time", async () => {
    const output = { ...END, one: { ...END.one, token: "another" } };
    expect((await verify(createBench({ output }, true))).of("worker-killed")).toMatchObject({
      state: "failed",
      text: "the first step of run 01RUN ran a second time",
    });
  });

  test("proves nothing when the run was through before the kill", async () => {
    const output = { ...END, two: { ...END.two, worker: WORKER } };
    expect((await verify(createBench({ output }, true))).of("worker-killed")).toMatchObject({
      state: "not-checked",
      text: "run 01RUN was through before anything was ended",
    });
  });
});

describe("an engine that is kept", () => {
  test("is killed when it is the embedded one, and well when its runs are as before", async () => {
    const bench = createBench({ histories: [["01A", "01B"]] }, true);
    expect((await verify(bench)).of("engine-restarted")).toMatchObject({
      state: "well",
      evidence: { runsBefore: 2, runsAfter: 2, killedPid: ENGINE.pid },
    });
    expect(bench.signals[1]).toBe(`SIGKILL ${ENGINE.pid}`);
  });

  test("is asked to stop when it is a real server: a kill may cost others what they have there", async () => {
    const bench = createBench();
    bench.supervisor = VerifyBench.recordOf({ engine: "start-inngest" });
    await verify(bench);
    expect(bench.signals[1]).toBe(`SIGTERM ${ENGINE.pid}`);
  });

  test("is left running when the run was through before: nothing would have waited", async () => {
    const bench = createBench({ isThrough: true }, true);
    expect((await verify(bench)).of("engine-restarted")).toMatchObject({
      state: "not-checked",
      text: "run 01RUN was through before anything was ended",
    });
    expect(bench.signals).toEqual([`SIGKILL ${WORKER.pid}`]);
  });

  test("fails when runs are gone after it", async () => {
    const bench = createBench({ histories: [["01A", "01B"], ["01B"]] }, true);
    expect((await verify(bench)).of("engine-restarted")).toMatchObject({
      state: "failed",
      text: "1 of 2 runs are gone or changed: 01A",
      evidence: { lost: ["01A"] },
    });
  });

  test("is not restarted when it is in memory only, or somebody else's", async () => {
    const bench = createBench();
    bench.supervisor = VerifyBench.recordOf({ mode: "dev" });
    expect((await verify(bench)).of("engine-restarted")).toMatchObject({
      state: "not-checked",
      text: expect.stringContaining("in memory"),
    });
    const attached = createBench();
    attached.supervisor = VerifyBench.recordOf({ engine: "attach", parts: { worker: WORKER } });
    expect((await verify(attached)).of("engine-restarted")).toMatchObject({
      state: "not-checked",
      text: expect.stringContaining("somebody else's to restart"),
    });
  });
});

describe("a daemon", () => {
  const installed = { kind: "installed", name: "system-bus.service", startsAtBoot: true } as const;

  function verifyDaemon(bench: VerifyBench, look: DaemonLook) {
    return verify(bench, { lookAtDaemon: async () => look });
  }

  test("is killed, and well when engine and worker are back under another one", async () => {
    const bench = createBench({}, true);
    const { of } = await verifyDaemon(bench, { ...installed, pid: SUPERVISOR.pid });
    expect(of("daemon")).toMatchObject({
      state: "well",
      text: expect.stringContaining("and it starts at boot"),
      evidence: { killedPid: SUPERVISOR.pid, nextPid: SUPERVISOR.pid + 1_000 },
    });
    expect(bench.signals.at(-1)).toBe(`SIGKILL ${SUPERVISOR.pid}`);
  });

  test("fails when it doesn't run, or doesn't come back", async () => {
    const still = await verifyDaemon(createBench(), { ...installed, pid: null });
    expect(still.of("daemon")).toMatchObject({
      state: "failed",
      text: "system-bus.service is installed and does not run",
    });
    const bench = createBench({ staysDown: true });
    bench.supervisor = VerifyBench.recordOf({ engine: "attach", parts: {} });
    const gone = await verifyDaemon(bench, { ...installed, pid: SUPERVISOR.pid });
    expect(gone.of("daemon")).toMatchObject({
      state: "failed",
      text: expect.stringContaining("did not come back within 2 min 00 s"),
    });
  });

  test("that is not what answers is left alone", async () => {
    const bench = createBench({}, true);
    const { of } = await verifyDaemon(bench, { ...installed, pid: 99 });
    expect(of("daemon")).toMatchObject({ state: "not-checked" });
    expect(bench.signals.filter((signal) => signal.endsWith(" 99"))).toEqual([]);
  });
});
