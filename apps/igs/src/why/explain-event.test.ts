import { describe, expect, test } from "bun:test";
import { runOf } from "../testing/trace.ts";
import { factsOf, flowOf, functionOf, WHY_NOW_MS } from "../testing/why-facts.ts";
import { explainEvent } from "./explain-event.ts";
import type { EventStory, Listener } from "./facts.ts";
import { renderFindings } from "./render-findings.ts";

const { event } = factsOf();
const listener = (fields: Partial<Listener> = {}): Listener => ({
  fn: functionOf(),
  start: null,
  condition: null,
  ...fields,
});

function tell(fields: Partial<EventStory>) {
  if (event === null) throw new Error("the sample has an event");
  const nothing = { runs: [], listeners: [], twin: null, closeMatches: [], nowMs: WHY_NOW_MS };
  const findings = explainEvent({ event, ...nothing, ...fields });
  return { findings, paragraph: renderFindings(findings, WHY_NOW_MS) };
}

describe("an event that has started nothing", () => {
  test("has no listener: what its name may have meant", () => {
    const { findings, paragraph } = tell({ closeMatches: ["content/summarized"] });
    expect(findings).toMatchObject([{ kind: "no-listener" }]);
    expect(paragraph).toBe(
      "No function listens for content/summarize, so nothing was started. Did you mean content/summarized?",
    );
  });

  test("doesn't fulfil the condition", () => {
    const condition = { text: "event.data.x > 1", holds: false, problem: null };
    expect(tell({ listeners: [listener({ condition })] }).findings).toMatchObject([
      { kind: "condition-false", functionId: "summarize", condition: "event.data.x > 1" },
    ]);
  });

  test("has a condition that gives no answer", () => {
    const condition = { text: "event.data.x + 1", holds: null, problem: "it gives a number" };
    expect(tell({ listeners: [listener({ condition })] }).findings).toMatchObject([
      { kind: "condition-unclear", problem: "it gives a number" },
    ]);
  });

  test("came while its function was paused, but not when it was paused later", () => {
    const paused = (pausedAt: string) =>
      tell({ listeners: [listener({ fn: functionOf({ pause: { pausedAt, holdsRuns: true } }) })] });
    expect(paused("2026-11-21T08:00:00Z").findings).toMatchObject([{ kind: "listener-paused" }]);
    expect(paused("2026-11-21T09:09:00Z").findings).toMatchObject([{ kind: "not-told" }]);
  });

  test("is for a function that the engine refuses to start", () => {
    const fn = functionOf({ problem: "a bad expression" });
    expect(tell({ listeners: [listener({ fn })] }).findings).toMatchObject([
      { kind: "listener-faulty", problem: "a bad expression" },
    ]);
  });

  test("came a second time under its id", () => {
    const twin = { eventId: "01FIRST", runIds: ["01RUN"] };
    const { findings, paragraph } = tell({ listeners: [listener()], twin });
    expect(findings).toMatchObject([{ kind: "sent-before", firstEventId: "01FIRST" }]);
    expect(paragraph).toContain("it started run 01RUN");
  });

  test("is held for others, and told until when, or that it should be over", () => {
    const held = (periodMs: number) =>
      tell({ listeners: [listener({ start: flowOf({ debounce: { periodMs } }) })] }).findings;
    expect(held(3_600_000)).toMatchObject([
      { kind: "held-for-others", by: "debounce", until: "2026-11-21T10:00:00.000Z" },
    ]);
    expect(held(1_000)).toMatchObject([{ kind: "held-for-others", until: null }]);
    const batch = { eventsMax: 10, timeoutMs: 3_600_000 };
    expect(tell({ listeners: [listener({ start: flowOf({ batch }) })] }).findings).toMatchObject([
      { by: "batchEvents" },
    ]);
  });

  test.each(["rateLimit", "idempotency"] as const)("is above a limit (%s)", (option) => {
    const limit = { option, limit: 1, periodMs: 60_000, key: "event.data.u" };
    const start = flowOf({ rateLimits: [limit] });
    const { findings, paragraph } = tell({ listeners: [listener({ start })] });
    expect(findings).toMatchObject([{ kind: "over-a-limit", ...limit }]);
    expect(paragraph).toContain(`as it seems for its ${option}: at most 1 run in 1 min 00 s`);
  });

  test("on a server that doesn't tell why: that is what is said", () => {
    const { paragraph } = tell({ listeners: [listener()] });
    expect(paragraph).toContain("the server doesn't tell why");
  });
});

test("an event that has started runs names them, and the listener that it did not start", () => {
  const other = functionOf({ id: "other" });
  const condition = { text: "false", holds: false, problem: null };
  const runs = [runOf({ id: "01RUN", function: { id: "summarize", name: "" } })];
  const listeners = [listener(), listener({ fn: other, condition })];
  expect(tell({ runs, listeners }).findings).toMatchObject([
    { kind: "started-runs", runIds: ["01RUN"] },
    { kind: "condition-false", functionId: "other" },
  ]);
});
