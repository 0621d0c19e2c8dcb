import { describe, expect, test } from "bun:test";
import { runOf } from "../testing/trace.ts";
import { factsOf, flowOf, functionOf, jobOf, stepOf, WHY_NOW_MS } from "../testing/why-facts.ts";
import { explainRun } from "./explain-run.ts";
import type { RunFacts, RunStory } from "./facts.ts";
import type { RunFinding } from "./finding.ts";
import { renderFindings } from "./render-findings.ts";

const UNTIL = "2026-11-21T10:00:00.000Z";
const ERROR = { name: "Error", message: "the disk is full.\n  at x" };

const story = (focus: RunFacts, more: Partial<RunStory> = {}): RunStory => ({
  focus,
  senders: [],
  started: [],
  ...more,
});

/** All but how the run came to be. */
const kindsOf = (findings: readonly RunFinding[]) =>
  findings.map(({ kind }) => kind).filter((kind) => kind !== "started-by");

function tell(focus: Partial<RunFacts>, more: Partial<RunStory> = {}) {
  const findings = explainRun(story(factsOf(focus), more));
  const paragraph = renderFindings(findings, WHY_NOW_MS);
  return { findings, kinds: kindsOf(findings), paragraph };
}

describe("a run that goes on waits", () => {
  test("for an event: which, under what condition, since when and until when", () => {
    const step = stepOf({
      name: "approval",
      op: "WAIT_FOR_EVENT",
      input: { event: "demo/approved", if: "async.data.id == event.data.id", timeout: "1h" },
    });
    const jobs = [
      jobOf({ kind: "wait-timeout", stepId: step.stepId, status: "Scheduled", at: UNTIL }),
    ];
    const { findings, paragraph } = tell({ steps: [step], jobs });
    expect(findings[0]).toEqual({
      kind: "waits-for-event",
      runId: "01RUN",
      functionId: "summarize",
      step: "approval",
      event: "demo/approved",
      condition: "async.data.id == event.data.id",
      since: "2026-11-21T09:05:00.000Z",
      until: UNTIL,
    });
    expect(paragraph).toStartWith(
      "summarize (run 01RUN) waits in step approval for the event demo/approved for which `async.data.id == event.data.id` holds for 5 min 00 s, until 2026-11-21T10:00:00.000Z (in 50 min 00 s). It was started by content/summarize",
    );
  });

  test("for a signal", () => {
    const step = stepOf({ name: "go", op: "WAIT_FOR_SIGNAL", input: { signal: "go-7" } });
    expect(tell({ steps: [step] }).findings[0]).toMatchObject({
      kind: "waits-for-signal",
      signal: "go-7",
      until: null,
    });
  });

  test("for a moment: by its timer, or where no timer is told by the date it was given", () => {
    const asleep = (until: string) => stepOf({ name: "nap", op: "SLEEP", input: { until } });
    const timer = jobOf({ kind: "sleep", stepId: "hash-of-nap", status: "Scheduled", at: UNTIL });
    expect(tell({ steps: [asleep("50m")], jobs: [timer] }).findings[0]).toMatchObject({
      kind: "sleeps",
      until: UNTIL,
    });
    expect(tell({ steps: [asleep(UNTIL)], jobs: null }).findings[0]).toMatchObject({
      until: UNTIL,
    });
    expect(tell({ steps: [asleep("50m")], jobs: null }).findings[0]).toMatchObject({ until: null });
  });

  describe("for a program", () => {
    const wait = stepOf({
      name: "pi-enrich:finished",
      op: "WAIT_FOR_EVENT",
      input: { event: "program/finished", if: "async.data.key == 'k'" },
    });
    const program = { key: "01RUN.pi-enrich.1", runId: "01RUN", stepId: "pi-enrich" };

    test("that runs: what it is at", () => {
      const programs = [{ ...program, state: "running", lastLine: "45 % of it" }];
      expect(tell({ steps: [wait], programs }).findings[0]).toMatchObject({
        kind: "runs-program",
        step: "pi-enrich",
        programKey: program.key,
        doing: "45 % of it",
      });
    });

    test("of a second attempt: the one whose key the wait names", () => {
      const second = { ...program, key: "01RUN.pi-enrich.2", state: "running", lastLine: "again" };
      const programs = [{ ...program, state: "ended" }, second];
      const input = { event: "program/finished", if: `async.data.key == "${second.key}"` };
      const again = stepOf({ name: "pi-enrich:2:finished", op: "WAIT_FOR_EVENT", input });
      expect(tell({ steps: [again], programs }).findings[0]).toMatchObject({ doing: "again" });
      const untold = { ...again, input: undefined };
      expect(tell({ steps: [untold], programs }).findings[0]).toMatchObject({ doing: "again" });
    });

    test("that waits for its slot: how many are ahead", () => {
      const slot = { name: "gpu", aheadCount: 2 };
      const { findings, paragraph } = tell({
        steps: [wait],
        programs: [{ ...program, state: "waiting", slot }],
      });
      expect(findings[0]).toMatchObject({ kind: "waits-for-slot", slot: "gpu", aheadCount: 2 });
      expect(paragraph).toContain("waits for the gpu slot");
    });

    test("that has ended: the event is still to come", () => {
      const programs = [{ ...program, state: "ended" }];
      expect(tell({ steps: [wait], programs }).findings[0]).toMatchObject({
        kind: "collects-program",
      });
    });

    test("of which nothing is known: for its event, and the worker that doesn't answer is told", () => {
      const jobs = [jobOf({ kind: "wait-timeout", stepId: wait.stepId, status: "Scheduled" })];
      const dead = { deadAddress: "http://127.0.0.1:3111/api/inngest", programs: null };
      expect(tell({ steps: [wait], jobs, ...dead }).kinds).toEqual([
        "waits-for-event",
        "worker-down",
      ]);
    });
  });

  test("for a run that it has invoked, and for what that one waits", () => {
    const step = stepOf({ name: "ask", op: "INVOKE", input: { function: "demo-child" } });
    const child = factsOf({
      run: runOf({ id: "01CHILD", function: { id: "child", name: "" } }),
      steps: [stepOf({ name: "nap", op: "SLEEP" })],
    });
    const { findings, paragraph } = tell({
      steps: [step],
      invoked: new Map([[step.stepId, child]]),
    });
    expect(findings).toMatchObject([
      { kind: "waits-for-run", invokedRunId: "01CHILD", invokedFunction: "child" },
      { kind: "sleeps", runId: "01CHILD" },
      { kind: "started-by", runId: "01RUN" },
    ]);
    expect(paragraph).toContain("for child (run 01CHILD), which it has invoked 5 min 00 s ago.");
    expect(tell({ steps: [step] }).findings[0]).toMatchObject({
      invokedRunId: null,
      invokedFunction: "demo-child",
    });
  });

  test("for the next attempt of a step: which, of how many, when, after what", () => {
    const step = stepOf({ name: "write", failedErrors: [ERROR] });
    const at = "2026-11-21T09:10:30.000Z";
    const jobs = [jobOf({ status: "Scheduled", attempt: 1, at })];
    const { findings, kinds, paragraph } = tell({ steps: [step], jobs });
    expect(kinds).toEqual(["retries"]);
    expect(findings[0]).toMatchObject({ step: "write", attempt: 2, attemptsMax: 3, at });
    expect(paragraph).toContain(
      "tries step write again in 30.0 s, attempt 2 of 3, after Error: the disk is full.",
    );
  });

  test("for the next attempt of the function itself", () => {
    const at = "2026-11-21T09:10:30.000Z";
    const jobs = [jobOf({ status: "Scheduled", attempt: 2, at })];
    expect(tell({ jobs, error: ERROR }).findings[0]).toMatchObject({
      kind: "retries",
      step: null,
      attempt: 3,
      at,
    });
  });

  test("for nothing: a step is at work", () => {
    const jobs = [jobOf({ status: "Running" })];
    const { findings } = tell({ steps: [stepOf({ name: "write" })], jobs });
    expect(findings[0]).toMatchObject({ kind: "works", step: "write" });
    const unseen = tell({ steps: [stepOf({ name: "write" })], jobs: null });
    expect(unseen.findings[0]).toMatchObject({ kind: "works", step: "write" });
  });

  test("for the moment that its event names", () => {
    const run = runOf({ id: "01RUN", function: { id: "summarize", name: "" }, status: "QUEUED" });
    const jobs = [jobOf({ status: "Scheduled", at: UNTIL })];
    expect(tell({ run, jobs }).findings[0]).toMatchObject({ kind: "scheduled", at: UNTIL });
    const event = { ...factsOf().event, ts: Date.parse(UNTIL) } as RunFacts["event"];
    expect(tell({ run, jobs: null, event }).findings[0]).toMatchObject({
      kind: "scheduled",
      at: UNTIL,
    });
  });

  test("for its worker, which does not answer", () => {
    const deadAddress = "http://127.0.0.1:3111/api/inngest";
    const { kinds, paragraph } = tell({ jobs: [jobOf()], deadAddress });
    expect(kinds).toEqual(["worker-down"]);
    expect(paragraph).toContain("Nothing answers where its worker should be");
  });

  test("for its function, which is paused and holds it", () => {
    const pause = { pausedAt: "2026-11-21T08:00:00.000Z", holdsRuns: true };
    const { kinds, paragraph } = tell({ jobs: [jobOf()], fn: functionOf({ pause }) });
    expect(kinds).toEqual(["function-paused"]);
    expect(paragraph).toContain("`igs functions resume summarize`");
    const jobs = [jobOf({ kind: "sleep", stepId: "hash-of-nap", status: "Scheduled" })];
    const steps = [stepOf({ name: "nap", op: "SLEEP" })];
    const asleep = tell({ jobs, steps, fn: functionOf({ pause }) });
    expect(asleep.kinds).toEqual(["sleeps", "function-paused"]);
  });

  test("for a function that is registered no more", () => {
    expect(tell({ jobs: [jobOf()], fn: null }).kinds).toEqual(["function-gone"]);
  });

  describe("for its turn", () => {
    const limited = functionOf({
      configuration: {
        concurrency: [{ limit: { value: 1, isPlanLimit: false }, key: "event.data.project" }],
      },
    });

    test("behind the runs that are at work (concurrency)", () => {
      const { findings, paragraph } = tell({
        jobs: [jobOf()],
        fn: limited,
        busyRunIds: ["01OTHER"],
      });
      expect(findings[0]).toMatchObject({ kind: "concurrency", limit: 1, holders: ["01OTHER"] });
      expect(paragraph).toContain(
        "summarize runs 1 at once for each `event.data.project`, and run 01OTHER is at work.",
      );
    });

    test("under a throttle, where the server tells of one", () => {
      const run = runOf({ id: "01RUN", status: "QUEUED" });
      const start = flowOf({ throttle: { limit: 1, periodMs: 60_000 } });
      expect(tell({ run, jobs: [jobOf()], start }).kinds).toEqual(["throttled"]);
    });

    test("and the reason is not made up where nothing tells it", () => {
      const { kinds, paragraph } = tell({ jobs: [jobOf()], fn: limited });
      expect(kinds).toEqual(["queued"]);
      expect(paragraph).toContain("the server doesn't tell why");
    });
  });
});

const ended = (status: "FAILED" | "CANCELLED" | "SKIPPED" | "COMPLETED", id = "01RUN") =>
  runOf({
    id,
    function: { id: id === "01RUN" ? "summarize" : "child", name: "" },
    status,
    endedAt: id === "01RUN" ? "2026-11-21T09:09:00.000Z" : "2026-11-21T09:08:00.000Z",
    durationMs: 9_000,
  });

describe("a run that has ended", () => {
  test("failed in a step: after how many attempts, of what, and from where to run it again", () => {
    const steps = [
      stepOf({ name: "read", status: "COMPLETED" }),
      stepOf({ name: "write note", status: "FAILED", failedErrors: [ERROR, ERROR, ERROR] }),
    ];
    const { findings, paragraph } = tell({ run: ended("FAILED"), steps, error: ERROR });
    expect(findings[0]).toMatchObject({
      kind: "failed",
      step: "write note",
      attempts: 3,
      isFirstCause: true,
      rerun: "igs rerun 01RUN --from-step 'write note'",
    });
    expect(paragraph).toStartWith(
      "summarize (run 01RUN) failed in step write note 1 min 00 s ago after 3 attempts: Error: the disk is full. `igs rerun",
    );
  });

  test("failed before any step gave a result, or outside of one: it is run again from its begin", () => {
    const first = [stepOf({ name: "read", status: "FAILED", failedErrors: [ERROR] })];
    expect(tell({ run: ended("FAILED"), steps: first }).findings[0]).toMatchObject({
      attempts: 1,
      rerun: "igs rerun 01RUN",
    });
    expect(tell({ run: ended("FAILED"), error: ERROR }).findings[0]).toMatchObject({
      step: null,
      error: expect.stringContaining("the disk is full"),
    });
  });

  test("failed because a run that it had invoked did: that one is the first cause", () => {
    const step = stepOf({ name: "ask", op: "INVOKE", status: "FAILED", failedErrors: [ERROR] });
    const child = factsOf({ run: ended("FAILED", "01CHILD"), error: ERROR });
    const { findings, paragraph } = tell({
      run: ended("FAILED"),
      steps: [step],
      error: ERROR,
      invoked: new Map([[step.stepId, child]]),
    });
    expect(findings).toMatchObject([
      { kind: "failed", runId: "01CHILD", isFirstCause: true },
      { kind: "failed", runId: "01RUN", isFirstCause: false },
      { kind: "started-by" },
    ]);
    expect(paragraph).toContain("which something else had caused");
  });

  test("was cancelled: by whom, as far as the server tells", () => {
    const reason = "cancelled by event demo/stop";
    expect(tell({ run: ended("CANCELLED"), cancelReason: reason }).paragraph).toContain(reason);
    expect(tell({ run: ended("CANCELLED") }).paragraph).toContain("doesn't tell by whom");
  });

  test("was skipped: paused, singleton, or the server doesn't tell", () => {
    const run = ended("SKIPPED");
    const pause = { pausedAt: "2026-11-21T08:00:00.000Z", holdsRuns: false };
    const because = (focus: Partial<RunFacts>) => {
      const [finding] = tell({ run, ...focus }).findings;
      return finding?.kind === "skipped" ? finding.because : finding;
    };
    expect(because({ fn: functionOf({ pause }) })).toBe("paused");
    expect(because({ start: flowOf({ singleton: { mode: "skip" } }) })).toBe("singleton");
    const later = { pausedAt: "2026-11-21T09:30:00.000Z", holdsRuns: false };
    expect(because({ fn: functionOf({ pause: later }) })).toBeNull();
  });

  test("completed: what its events started is told only where it is not well", () => {
    const started = [
      factsOf({ run: ended("COMPLETED", "01FINE") }),
      factsOf({ run: ended("FAILED", "01BROKEN"), error: ERROR }),
    ];
    const { findings, kinds } = tell({ run: ended("COMPLETED") }, { started });
    expect(kinds).toEqual(["completed", "failed"]);
    expect(findings[1]).toMatchObject({ runId: "01BROKEN", isFirstCause: true });
  });
});

describe("how a run came to be", () => {
  test("is told up its chain of events", () => {
    const sender = { run: ended("COMPLETED", "01SENDER"), step: "emit-events" };
    const above = { run: ended("COMPLETED", "01ABOVE"), step: "emit" };
    const { findings, paragraph } = tell({}, { senders: [sender, above] });
    expect(findings.filter(({ kind }) => kind === "sent-by")).toMatchObject([
      { runId: "01RUN", event: "content/summarize", senderRunId: "01SENDER", step: "emit-events" },
      { runId: "01SENDER", senderRunId: "01ABOVE" },
    ]);
    expect(paragraph).toContain(
      "It was started by content/summarize, which came from child (run 01SENDER, completed), step emit-events.",
    );
  });

  test("a schedule is called a schedule", () => {
    const event = { ...factsOf().event, name: "inngest/scheduled.timer" } as RunFacts["event"];
    expect(tell({ event }).paragraph).toContain("was started by its schedule");
  });
});

test("what others have written can't steer the terminal", () => {
  const error = { name: "Error", message: "\u001b[2Jgone" };
  const { paragraph } = tell({ run: ended("FAILED"), error });
  expect(paragraph).toContain("Error: gone");
  expect(paragraph).not.toContain("\u001b");
});
