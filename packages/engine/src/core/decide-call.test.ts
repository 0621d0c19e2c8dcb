import { describe, expect, test } from "bun:test";
import type { Change } from "./change.ts";
import { type CallContext, decideCall } from "./decide-call.ts";
import type { CallOutcome, OpBase, StepOp } from "./outcome.ts";
import { discoveryItemId, type QueueItem } from "./queue-item.ts";
import type { KnownStep, RunView } from "./run.ts";

const NOW_MS = 1_000_000;
const RUN_ID = "run";

const discovery: QueueItem = {
  id: discoveryItemId(RUN_ID),
  runId: RUN_ID,
  kind: "discovery",
  stepId: "",
  attempt: 0,
  dueAtMs: NOW_MS - 10,
  queuedAtMs: NOW_MS - 10,
  payloadJson: null,
};

function stepItem(stepId: string, attempt = 0): QueueItem {
  return { ...discovery, id: `${RUN_ID}:step:${stepId}`, kind: "step", stepId, attempt };
}

function view(options: Partial<RunView> & { known?: Record<string, KnownStep> } = {}): RunView {
  const { known = {}, ...rest } = options;
  return {
    runId: RUN_ID,
    attemptsMax: 4,
    requestVersion: 2,
    isPlanning: false,
    hasDiscovery: true,
    steps: new Map(Object.entries(known)),
    lastPosition: Object.keys(known).length,
    ...rest,
  };
}

function context(options: Partial<CallContext> = {}): CallContext {
  return {
    item: discovery,
    startedAtMs: NOW_MS - 5,
    nowMs: NOW_MS,
    random: 0,
    wereStepsSettledMeanwhile: false,
    hasCheckpointed: false,
    findValueJson: () => JSON.stringify({ data: 1 }),
    ...options,
  };
}

const base = (id: string): OpBase => ({ id, displayName: id, isRace: false });
const done = (id: string, data: unknown = 1): StepOp => ({ ...base(id), kind: "step-done", data });
const planned = (id: string): StepOp => ({ ...base(id), kind: "step-planned" });
const failed = (id: string, mayRetry = true): StepOp => ({
  ...base(id),
  kind: "step-error",
  error: { name: "Error", message: "no" },
  mayRetry,
});
const ops = (...list: StepOp[]): CallOutcome => ({ kind: "ops", ops: list });

function decide(outcome: CallOutcome, run = view(), given = context()): Change[] {
  return decideCall(run, { outcome }, given);
}

const kinds = (changes: readonly Change[]) => changes.map(({ kind }) => kind);
const find = <K extends Change["kind"]>(changes: readonly Change[], kind: K) =>
  changes.find((change): change is Extract<Change, { kind: K }> => change.kind === kind);
const enqueuedIds = (changes: readonly Change[]) =>
  changes.flatMap((change) => (change.kind === "enqueue" ? change.item.id : []));

const open: KnownStep = { kind: "run", status: "open", isRace: false, sizeBytes: 0 };
const completed: KnownStep = { ...open, status: "completed" };

describe("an answer of a call that was carried out twice", () => {
  const stored = view({ known: { a: completed } });

  test("is not taken when it was made from another result than the stored one", () => {
    const complete: StepOp = { ...base("complete"), kind: "run-complete", data: 2 };
    const changes = decide(ops(done("a", 2), done("b"), complete), stored);
    expect(kinds(changes)).toEqual(["remove-item", "enqueue"]);
    expect(enqueuedIds(changes)).toEqual([discovery.id]);
  });

  test("counts when it tells the stored result again", () => {
    const changes = decide(ops(done("a", 1), done("b")), stored);
    expect(find(changes, "add-step")?.step.stepId).toBe("b");
  });
});

describe("the call after a member of a race has ended", () => {
  const raced = (status: KnownStep["status"]): KnownStep => ({ ...open, status, isRace: true });
  const racing = { isPlanning: true, hasDiscovery: false };
  const answer = ops({ ...done("a"), isRace: true });
  const given = context({ item: stepItem("a") });

  test("only plans while another planned step is open: it could be the one that the SDK would run", () => {
    const run = view({ ...racing, known: { a: raced("open"), b: raced("open") } });
    expect(kinds(decide(answer, run, given))).not.toContain("set-planning");
  });

  test("may run steps again when none is open", () => {
    const run = view({ ...racing, known: { a: raced("open"), b: raced("completed") } });
    expect(find(decide(answer, run, given), "set-planning")?.isPlanning).toBe(false);
  });
});

describe("a function's result", () => {
  test("ends the run with it", () => {
    const ending = find(decide({ kind: "finished", output: { a: 1 } }), "end-run")?.ending;
    expect(ending).toMatchObject({ status: "COMPLETED", outputJson: '{"a":1}', error: null });
  });

  test("that is undefined is stored as null", () => {
    const ending = find(decide({ kind: "finished", output: undefined }), "end-run")?.ending;
    expect(ending?.outputJson).toBe("null");
  });

  test("of more than 4 MB fails the run, whichever way it came", () => {
    const data = "x".repeat(4 * 1024 * 1024);
    const complete: StepOp = { ...base("complete"), kind: "run-complete", data };
    for (const outcome of [ops(complete), { kind: "finished", output: data } as const]) {
      expect(find(decide(outcome), "end-run")?.ending.error?.name).toBe("OutputTooLargeError");
    }
  });

  test("may come with the steps before it, which are stored first", () => {
    const complete: StepOp = { ...base("complete"), kind: "run-complete", data: "end" };
    const changes = decide(ops(done("a"), complete));
    expect(kinds(changes)).toEqual(["remove-item", "add-step", "enqueue", "end-run"]);
  });
});

describe("a function's error", () => {
  const error = { name: "TypeError", message: "broken" };

  test("is tried again after Inngest's first pause, and its try is remembered", () => {
    const changes = decide({ kind: "failed", error, mayRetry: true });
    expect(find(changes, "reschedule")).toMatchObject({ attempt: 1, dueAtMs: NOW_MS + 15_000 });
    expect(find(changes, "record-attempt")?.attempt).toMatchObject({ stepId: "", attempt: 0 });
  });

  test("that says when to come back is tried again then", () => {
    const changes = decide({ kind: "failed", error, mayRetry: true, retryAfterMs: 42_000 });
    expect(find(changes, "reschedule")?.dueAtMs).toBe(NOW_MS + 42_000);
  });

  test("that says no retry would help ends the run", () => {
    const ending = find(decide({ kind: "failed", error, mayRetry: false }), "end-run")?.ending;
    expect(ending).toMatchObject({ status: "FAILED", error });
  });

  test("of the last attempt ends the run", () => {
    const last = context({ item: { ...discovery, attempt: 3 } });
    const changes = decide({ kind: "failed", error, mayRetry: true }, view(), last);
    expect(find(changes, "end-run")?.ending.status).toBe("FAILED");
  });

  test("and a broken answer are treated alike", () => {
    const changes = decide({ kind: "malformed", problem: "not an SDK" });
    expect(find(changes, "reschedule")?.attempt).toBe(1);
  });
});

describe("a step", () => {
  test("that ran at once is stored, and the function is called again", () => {
    const changes = decide(ops(done("a", { x: 1 })));
    expect(find(changes, "add-step")?.step).toMatchObject({
      stepId: "a",
      status: "completed",
      valueJson: '{"data":{"x":1}}',
    });
    expect(enqueuedIds(changes)).toEqual([discoveryItemId(RUN_ID)]);
  });

  test("that failed is tried again with the same call", () => {
    const changes = decide(ops(failed("a")));
    expect(kinds(changes)).toEqual(["record-attempt", "reschedule"]);
    expect(find(changes, "record-attempt")?.attempt).toMatchObject({ stepId: "a", attempt: 0 });
  });

  test("that failed began when the SDK ran it, not when the call began", () => {
    const timing = { startedAtMs: NOW_MS - 2, durationMs: 1 };
    const changes = decide(ops({ ...failed("a"), timing }));
    expect(find(changes, "record-attempt")?.attempt.startedAtMs).toBe(NOW_MS - 2);
  });

  test("that failed for good is stored as failed, for the function to catch", () => {
    const changes = decide(ops(failed("a", false)));
    expect(find(changes, "add-step")?.step.status).toBe("failed");
    expect(enqueuedIds(changes)).toEqual([discoveryItemId(RUN_ID)]);
  });

  test("that failed at its last attempt is failed for good", () => {
    const last = context({ item: { ...discovery, attempt: 3 } });
    expect(find(decide(ops(failed("a")), view(), last), "add-step")?.step.status).toBe("failed");
  });

  test("that is already settled stays as it is", () => {
    const run = view({ known: { a: completed } });
    const changes = decide(ops(done("a", "other")), run);
    expect(find(changes, "add-step")).toBeUndefined();
    expect(find(changes, "settle-step")).toBeUndefined();
  });

  test("beyond the thousandth fails the run with a sentence that says what to do", () => {
    const known = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`s${index}`, completed]),
    );
    const ending = find(decide(ops(done("one-more")), view({ known })), "end-run")?.ending;
    expect(ending?.error?.message).toContain("more than 1000 steps");
  });

  test("is no step when it only asks to be called again, also after the thousandth", () => {
    const known = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`s${index}`, completed]),
    );
    const again: StepOp = { ...base("again"), kind: "discovery-request" };
    const changes = decide(ops(again, { ...base("nothing"), kind: "none" }), view({ known }));
    expect(find(changes, "end-run")).toBeUndefined();
    expect(enqueuedIds(changes)).toEqual([discoveryItemId(RUN_ID)]);
  });

  test("that makes the state larger than 32 MB fails the run, and says what to do instead", () => {
    const sizeBytes = 4 * 1024 * 1024;
    const known = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [`s${index}`, { ...completed, sizeBytes }]),
    );
    const value = "x".repeat(3 * 1024 * 1024);
    expect(find(decide(ops(done("fits", value)), view({ known })), "end-run")).toBeUndefined();
    const changes = decide(ops(done("fits", value), done("over", value)), view({ known }));
    expect(find(changes, "end-run")?.ending.error).toMatchObject({
      name: "StateTooLargeError",
      message: expect.stringContaining("Write the data to a file and return references"),
    });
  });

  test.each([
    ["letters of one byte", "x".repeat(4 * 1024 * 1024)],
    ["letters of two bytes", "ä".repeat(2 * 1024 * 1024)],
  ])("with more output than 4 MB fails the run: %s", (_, data) => {
    const changes = decide(ops(done("big", data)));
    expect(find(changes, "end-run")?.ending.error?.name).toBe("OutputTooLargeError");
  });

  test("that is given more than 4 MB fails the run", () => {
    const input = "ä".repeat(2 * 1024 * 1024);
    const invocation: StepOp = {
      ...base("call"),
      kind: "invoke",
      functionId: "app-f",
      payload: { data: { input } },
    };
    const withInput: StepOp = { ...base("big"), kind: "step-planned", input };
    for (const op of [withInput, invocation]) {
      const changes = decide(ops(op));
      expect(find(changes, "end-run")?.ending.error?.name).toBe("InputTooLargeError");
      expect(find(changes, "add-step")).toBeUndefined();
    }
  });
});

describe("steps side by side", () => {
  test("are each enqueued, and the next calls only plan", () => {
    const changes = decide(ops(planned("a"), planned("b")));
    expect(find(changes, "set-planning")?.isPlanning).toBe(true);
    expect(enqueuedIds(changes)).toEqual(["run:step:a", "run:step:b"]);
  });

  test("version 2: ask for one discovery when the last of them is done", () => {
    const run = view({ hasDiscovery: false, isPlanning: true, known: { a: open, b: open } });
    const first = decide(ops(done("a")), run, context({ item: stepItem("a") }));
    expect(enqueuedIds(first)).toEqual([]);

    const rest = view({ hasDiscovery: false, isPlanning: true, known: { b: open } });
    const second = decide(ops(done("b")), rest, context({ item: stepItem("b") }));
    expect(enqueuedIds(second)).toEqual([discoveryItemId(RUN_ID)]);
    expect(find(second, "set-planning")?.isPlanning).toBe(false);
  });

  test("version 1: ask for a discovery after each", () => {
    const run = view({ requestVersion: 1, hasDiscovery: false, known: { a: open, b: open } });
    const changes = decide(ops(done("a")), run, context({ item: stepItem("a") }));
    expect(enqueuedIds(changes)).toEqual([discoveryItemId(RUN_ID)]);
    expect(find(changes, "set-planning")).toBeUndefined();
  });

  test("in a race: the first one done asks for a discovery, the others go on", () => {
    const race: KnownStep = { ...open, isRace: true };
    const run = view({ hasDiscovery: false, known: { a: race, b: race } });
    const won: StepOp = { ...base("a"), isRace: true, kind: "step-done", data: 1 };
    const changes = decide(ops(won), run, context({ item: stepItem("a") }));
    expect(enqueuedIds(changes)).toEqual([discoveryItemId(RUN_ID)]);
  });

  test("D1: ask for no second discovery while one exists", () => {
    const run = view({ requestVersion: 1, hasDiscovery: true, known: { a: open } });
    const changes = decide(ops(done("a")), run, context({ item: stepItem("a") }));
    expect(enqueuedIds(changes)).toEqual([]);
  });

  test("D1: a discovery that missed a step's end is followed by another", () => {
    const given = context({ wereStepsSettledMeanwhile: true });
    const run = view({ requestVersion: 1, known: { a: open } });
    expect(enqueuedIds(decide(ops(), run, given))).toEqual([discoveryItemId(RUN_ID)]);
  });

  test("planned twice are enqueued once", () => {
    const run = view({ requestVersion: 1, known: { a: open } });
    expect(enqueuedIds(decide(ops(planned("a"), planned("b")), run))).toEqual(["run:step:b"]);
  });
});

describe("waiting", () => {
  test("a sleep opens its step and sets a timer", () => {
    const changes = decide(ops({ ...base("nap"), kind: "sleep", until: "90s" }));
    expect(find(changes, "enqueue")?.item).toMatchObject({
      kind: "sleep",
      dueAtMs: NOW_MS + 90_000,
    });
  });

  test("a sleep without a duration fails the run and names the step", () => {
    const changes = decide(ops({ ...base("nap"), kind: "sleep", until: "" }));
    expect(find(changes, "end-run")?.ending.error?.message).toContain('Step "nap"');
  });

  test("a wait exists before anything that the same answer plans", () => {
    const wait: StepOp = { ...base("w"), kind: "wait-for-event", eventName: "x", timeout: "1h" };
    const changes = decide(ops(planned("a"), wait));
    const order = kinds(changes);
    expect(order.indexOf("add-wait")).toBeLessThan(order.lastIndexOf("enqueue"));
    expect(find(changes, "enqueue")?.item.kind).toBe("wait-timeout");
  });

  const signalWait = (replaces: boolean): StepOp => ({
    ...base("w"),
    kind: "wait-for-signal",
    signal: "s",
    timeout: "1h",
    replaces,
  });
  const taken = context({ takenSignals: new Set(["s"]) });

  test("a wait for a signal that another step has fails the run, unless it takes it over", () => {
    const failed = decide(ops(signalWait(false)), view(), taken);
    expect(kinds(failed)).toEqual(["remove-item", "end-run"]);
    const replaced = decide(ops(signalWait(true)), view(), taken);
    expect(kinds(replaced)).toEqual(["remove-item", "add-step", "add-signal-wait", "enqueue"]);
  });

  test("a wait for a signal that comes again is not in its own way", () => {
    const run = view({ known: { w: { ...open, kind: "wait-for-signal" } } });
    expect(kinds(decide(ops(signalWait(false)), run, taken))).toEqual(["remove-item"]);
  });

  test("a wait with a bad expression fails the run with the reason", () => {
    const wait: StepOp = {
      ...base("w"),
      kind: "wait-for-event",
      eventName: "x",
      timeout: "1h",
      expression: "async.data.",
    };
    expect(find(decide(ops(wait)), "end-run")?.ending.error?.name).toBe("InvalidExpression");
  });

  test("a model request keeps its key out of the step that a trace shows", () => {
    const request = {
      shape: "model",
      url: "http://model/v1?key=secret-in-url",
      method: "POST",
      headers: { authorization: "Bearer secret-key" },
      body: "{}",
    } as const;
    const shown = { url: "http://model/v1" };
    const changes = decide(ops({ ...base("ask"), kind: "gateway", request, shown }));
    expect(JSON.stringify(find(changes, "add-step"))).not.toContain("secret");
    expect(find(changes, "enqueue")?.item.payloadJson).toContain("secret-key");
  });
});

describe("H3: no run is left without something that moves it", () => {
  test("an answer without steps and result is asked again, and fails after the last attempt", () => {
    const again = decide(ops());
    expect(kinds(again)).toEqual(["remove-item", "record-attempt", "enqueue", "reschedule"]);

    const last = context({ item: { ...discovery, attempt: 3 } });
    expect(find(decide(ops(), view(), last), "end-run")?.ending.status).toBe("FAILED");
  });

  test("a step's call that says nothing of its step is made again, and fails after the last attempt", () => {
    const run = view({ hasDiscovery: false, known: { a: open } });
    const item = stepItem("a");
    for (const outcome of [ops(), ops({ ...base("x"), kind: "none" }), ops(planned("inner"))]) {
      const again = decide(outcome, run, context({ item }));
      expect(find(again, "reschedule")).toMatchObject({ itemId: item.id, attempt: 1 });
      expect(enqueuedIds(again)).toContain(item.id);
    }
    const last = decide(ops(), run, context({ item: stepItem("a", 3) }));
    expect(find(last, "end-run")?.ending.status).toBe("FAILED");
  });

  test("a step's call whose step was settled by another leads on to the function", () => {
    const run = view({ hasDiscovery: false, known: { a: completed } });
    const changes = decide(ops(done("a")), run, context({ item: stepItem("a") }));
    expect(enqueuedIds(changes)).toEqual([discoveryItemId(RUN_ID)]);
  });

  test("steps that come again because nobody heard that they are stored cost no attempt", () => {
    const run = view({ attemptsMax: 1, known: { a: completed } });
    const changes = decide(ops(done("a")), run, context({ hasCheckpointed: true }));
    expect(enqueuedIds(changes)).toEqual([discoveryItemId(RUN_ID)]);
    expect(find(changes, "end-run")).toBeUndefined();
  });

  test("steps that come again although the SDK had them are asked for again, within bounds", () => {
    const run = view({ attemptsMax: 1, known: { a: completed } });
    expect(find(decide(ops(done("a")), run), "end-run")?.ending.status).toBe("FAILED");
  });

  test("an instruction that the engine lacks fails the run by name", () => {
    const changes = decide(ops({ ...base("s"), kind: "unsupported", op: "DeferAdd" }));
    expect(find(changes, "end-run")?.ending.error?.message).toContain("DeferAdd");
  });
});

test("the protocol version is pinned by the first answer and kept", () => {
  const answer = { outcome: ops(done("a")), requestVersion: 2 };
  const first = decideCall(view({ requestVersion: -1 }), answer, context());
  expect(find(first, "pin-version")?.requestVersion).toBe(2);
  const later = decideCall(view({ requestVersion: 1 }), answer, context());
  expect(find(later, "pin-version")).toBeUndefined();
});
