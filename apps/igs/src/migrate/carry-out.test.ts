import { expect, test } from "bun:test";
import { createInngestApi, type InngestApi } from "@system-bus/inngest-api";
import { carryOut } from "./carry-out.ts";
import { decideMigration, type MigrationPlan } from "./decide-migration.ts";
import type { Journal, JournalEntry } from "./journal.ts";

interface SentEvent {
  readonly id: string;
  readonly name: string;
}

/** The real client over an engine that is a plain object. */
class PlainEngine {
  readonly asked: string[] = [];
  readonly received: SentEvent[] = [];
  readonly requestBytes: number[] = [];
  readonly ended = new Set<string>();
  readonly cancelled: string[] = [];
  /** What an event holds, beside its number. */
  payload = "";
  /** Refuses requests with an event of this id. */
  refusedId: string | undefined;

  readonly api: InngestApi = createInngestApi({
    baseUrl: "http://engine",
    fetch: async (url, { body }) => {
      const { pathname } = new URL(url);
      this.asked.push(pathname);
      if (pathname.startsWith("/e/")) return this.#receive(String(body));
      const id = pathname.split("/").find((part) => /^(run|event)-\d+$/.test(part)) ?? "";
      if (pathname.endsWith("/cancel")) return this.#cancel(id);
      if (pathname.startsWith("/v1/events/")) return Response.json({ data: this.#event(id) });
      return Response.json({ data: this.#run(id) });
    },
  });

  #receive(body: string): Response {
    const events: SentEvent[] = JSON.parse(body);
    this.requestBytes.push(body.length);
    if (events.some(({ id }) => id === this.refusedId)) {
      return Response.json({ error: "an event is too large", status: 400 }, { status: 400 });
    }
    this.received.push(...events);
    return Response.json({ ids: events.map(({ id }) => `sent-${id}`), status: 200 });
  }

  #cancel(runId: string): Response {
    if (this.ended.has(runId)) {
      return Response.json({ errors: [{ message: "it has ended" }] }, { status: 409 });
    }
    this.cancelled.push(runId);
    return Response.json({ data: { runId } });
  }

  #event(id: string) {
    const times = { ts: 1, received_at: "2026-11-24T08:00:00Z" };
    return { internal_id: id, name: "demo/go", data: { payload: this.payload }, ...times };
  }

  #run(id: string) {
    return { ...someRun(id), status: this.ended.has(id) ? "COMPLETED" : "RUNNING" };
  }
}

function someRun(id: string) {
  const eventId = id.replace("run", "event");
  return {
    id,
    app: { id: "app" },
    function: { id: "f", name: "f" },
    status: "RUNNING" as const,
    queuedAt: "2026-11-24T08:00:00Z",
    trigger: { eventIds: [eventId] },
  };
}

function planFor(count: number, journal: Journal): MigrationPlan {
  const facts = Array.from({ length: count }, (_, index) => ({
    run: someRun(`run-${index}`),
    events: [{ internalId: `event-${index}`, name: "demo/go", isStepInvocation: false }],
    goneEventCount: 0,
    siblings: [],
    steps: [],
  }));
  const triggers = [{ type: "EVENT", value: "demo/go" }];
  const targetFunctions = [{ id: "f", name: "f", app: { id: "app" }, triggers }];
  return decideMigration({ facts, targetFunctions, wasSent: (id) => journal.entries.has(id) });
}

/** One that can die before it has written. */
function createJournal(options: { dies?: boolean } = {}): Journal & { dies: boolean } {
  const entries = new Map<string, JournalEntry>();
  const journal = {
    file: "journal",
    entries,
    dies: options.dies === true,
    async add(added: readonly JournalEntry[]) {
      if (journal.dies) throw new Error("killed");
      for (const entry of added) entries.set(entry.eventId, entry);
    },
  };
  return journal;
}

function createScene() {
  const source = new PlainEngine();
  const target = new PlainEngine();
  const journal = createJournal();
  const stop = new AbortController();
  const run = (plan: MigrationPlan, flags: { cancelsSource?: boolean } = {}) =>
    carryOut(plan, {
      source: source.api,
      target: target.api,
      journal,
      cancelsSource: flags.cancelsSource === true,
      again: false,
      clock: { nowMs: () => 0 },
      signal: stop.signal,
      onProgress: () => onProgress(),
    });
  let onProgress = () => {};
  return {
    source,
    target,
    journal,
    stop,
    run,
    onEachPart: (act: () => void) => (onProgress = act),
  };
}

test("stopped in the middle it sends the events in hand, and started again the rest, each once", async () => {
  const { target, journal, stop, run, onEachPart } = createScene();
  onEachPart(() => stop.abort());
  const first = await run(planFor(120, journal));
  expect(first).toMatchObject({ sentCount: 50, isInterrupted: true });

  const again = createScene();
  for (const entry of journal.entries.values()) await again.journal.add([entry]);
  const second = await again.run(planFor(120, again.journal));
  expect(second).toMatchObject({ sentCount: 70, isInterrupted: false });
  const ids = [...target.received, ...again.target.received].map(({ id }) => id);
  expect(ids).toEqual(Array.from({ length: 120 }, (_, index) => `event-${index}`));
});

test("killed between an acknowledgement and the journal it sends the same ids again, and has cancelled nothing", async () => {
  const { source, target, journal, run } = createScene();
  journal.dies = true;
  await expect(run(planFor(2, journal), { cancelsSource: true })).rejects.toThrow("killed");
  expect(source.cancelled).toEqual([]);
  journal.dies = false;
  await run(planFor(2, journal), { cancelsSource: true });
  expect(target.received.map(({ id }) => id)).toEqual(["event-0", "event-1", "event-0", "event-1"]);
  expect(source.cancelled).toEqual(["run-0", "run-1"]);
});

test("one bad event is told, the others are sent, and its run is not cancelled", async () => {
  const { source, target, journal, run } = createScene();
  target.refusedId = "event-1";
  const outcome = await run(planFor(3, journal), { cancelsSource: true });
  expect(outcome).toMatchObject({ sentCount: 2, cancelledCount: 2 });
  expect(outcome.refused).toMatchObject([
    { eventId: "event-1", reason: expect.stringContaining("too large") },
  ]);
  expect(target.received.map(({ id }) => id)).toEqual(["event-0", "event-2"]);
  expect(source.cancelled).toEqual(["run-0", "run-2"]);
});

test("a run that has ended since it was planned is not sent; one that ends before its cancellation is none", async () => {
  const { source, target, journal, run, onEachPart } = createScene();
  source.ended.add("run-0");
  const outcome = await run(planFor(2, journal), { cancelsSource: true });
  expect(outcome).toMatchObject({ sentCount: 1, endedCount: 1, cancelledCount: 1 });
  expect(target.received.map(({ id }) => id)).toEqual(["event-1"]);

  onEachPart(() => {});
  source.ended.add("run-1");
  const later = await run(planFor(2, journal), { cancelsSource: true });
  expect(later).toMatchObject({ sentCount: 0, cancelledCount: 0 });
});

test("no request is larger than an engine takes", async () => {
  const { source, target, journal, run } = createScene();
  source.payload = "x".repeat(500_000);
  await run(planFor(20, journal));
  expect(target.received).toHaveLength(20);
  expect(Math.max(...target.requestBytes)).toBeLessThan(5_000_000);
});
