// Each event starts exactly the runs that it should, in its own transaction.
//
// Invariants:
//   I1. A stored event starts one run of each function that it triggers, unless its id started one within
//       24 hours, a rate limit refuses it, or a singleton's other run goes on; then it starts none, or a
//       skipped one. It never starts any other.
//   I2. Of a singleton's runs with one key one goes on at a time.
//   I3. A priority moves a run in line by its seconds, and nothing else does.
//   I4. A debounce starts one run with the newest of its events, a batch one with all of its own, each in
//       time; a full batch at once.
//   I5. A paused function starts nothing: what would have been a run is recorded as skipped.

import type { WireEvent } from "../app/wire.ts";
import { APP_NAME } from "../plan/create-functions.ts";
import { type FunctionOptions, keyOf, matchesTrigger } from "../plan/function-spec.ts";
import type { RunRecord } from "./book.ts";
import type { Check, Scene } from "./check.ts";
import { type HeldArrival, HeldEvents } from "./held-events.ts";
import type { Fact } from "./journal.ts";
import { RateModel } from "./rate-model.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const INVOKED = "inngest/function.invoked";
const TIMER = "inngest/scheduled.timer";

/** `atMs` is by the engine's clock, which may be set before the commit. */
type Received = Pick<HeldArrival, "internalId" | "event" | "atMs">;

interface Expectation {
  readonly event: WireEvent;
  readonly functionId: string;
  readonly why: "started" | "paused" | "known id" | "rate limited" | "held" | "outdated";
  runCount: number;
}

export class IntakeCheck implements Check {
  readonly #scene: Scene;
  readonly #rates = new RateModel();
  /** When an event id last started a function. */
  readonly #startedAtMs = new Map<string, number>();
  readonly #held: HeldEvents;
  readonly #singletons = new Map<string, RunRecord>();
  readonly #expected = new Map<string, Expectation>();

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#held = new HeldEvents(scene);
  }

  onFact(fact: Fact): void {
    const { book } = this.#scene;
    if (fact.kind === "event") {
      const event = book.events.get(fact.id);
      if (event) this.#noteEvent({ internalId: fact.id, event, atMs: fact.atMs });
    }
    if (fact.kind === "item-gone" && fact.name === "debounce") this.#held.beginFiring(fact.id);
    const run = fact.kind === "run" ? book.runs.get(fact.runId) : undefined;
    if (run) this.#noteRun(run);
  }

  onCommit(): void {
    const { world, disturbances } = this.#scene;
    this.#held.endFiring((functionId, internalId) => this.#hasStarted(functionId, internalId));
    for (const { event, functionId, why, runCount } of this.#expected.values()) {
      // A clock that is set back makes its past come again: what was forgotten as passed counts no more.
      const isUncertain = disturbances.hasClockGoneBack && runCount <= 1;
      world.require(
        isUncertain || runCount === (why === "started" || why === "paused" ? 1 : 0),
        () => `event ${event.id} (${event.name}) starts ${runCount} runs of ${functionId}: ${why}`,
      );
    }
    this.#expected.clear();
    this.#held.checkFull();
  }

  onEnd(): void {
    this.#held.checkEmpty();
  }

  #noteEvent(received: Received): void {
    const { internalId, event, atMs } = received;
    const { world, disturbances } = this.#scene;
    world.require(
      disturbances.shownNowMs.includes(atMs),
      () => `event ${event.id} was received at ${atMs}, which no clock shows`,
    );
    for (const [functionId, { options, isLive }] of this.#targetsOf(event)) {
      if (!isLive) continue;
      const why = this.#foresee({ ...received, functionId, options });
      if (why !== "started" && why !== "held") this.#scene.world.count(`event refused: ${why}`);
      this.#expected.set(`${internalId} ${functionId}`, { event, functionId, why, runCount: 0 });
    }
  }

  #targetsOf(event: WireEvent) {
    const all = [...this.#scene.book.inForce];
    if (event.name === INVOKED) {
      const { fn_id: slug = `${APP_NAME}-${event.data["target"]}` } = (event.data["_inngest"] ??
        {}) as {
        fn_id?: string;
      };
      return all.filter(([, { spec }]) => spec.slug === slug);
    }
    // The event's id names the item, and so the function.
    if (event.name === TIMER) return all.filter(([id]) => event.id.includes(id));
    return all.filter(([, { options }]) =>
      options.triggers.some((trigger) => matchesTrigger(trigger, event)),
    );
  }

  #foresee(arrival: HeldArrival): Expectation["why"] {
    const { book } = this.#scene;
    const { internalId, event, functionId, options, atMs } = arrival;
    const startedAtMs = this.#startedAtMs.get(`${functionId} ${event.id}`);
    const isRecent = startedAtMs !== undefined && startedAtMs + DAY_MS > atMs;
    if (event.id !== internalId && isRecent) return "known id";
    if (book.inForce.get(functionId)?.pause !== "none") return "paused";
    // Who asks from outside is told of the run at once: nothing holds it.
    const isAtOnce = event.name === INVOKED && event.data["_inngest"] === undefined;
    if (!isAtOnce && this.#held.isBatched(arrival)) {
      this.#held.addToBatch(arrival);
      if (event.id !== internalId) this.#startedAtMs.set(`${functionId} ${event.id}`, atMs);
      return "held";
    }
    const rates = ratesOf(functionId, options, event);
    const mayPass = rates.every(({ name, rate }) => this.#rates.mayPass(name, rate, atMs));
    if (!mayPass) return "rate limited";
    for (const { name, rate } of rates) this.#rates.pass(name, rate, atMs);
    if (isAtOnce || !options.debounce) return "started";
    return this.#held.holdNewest(arrival) ? "held" : "outdated";
  }

  #noteRun(run: RunRecord): void {
    const { world } = this.#scene;
    const { functionId, event, eventInternalId, rerunOf } = run;
    if (run.status !== "SKIPPED") this.#checkRank(run);
    if (rerunOf !== null) return world.count("run repeated");
    const heldIds = this.#held.takeFor(run);
    if (heldIds) {
      run.eventIds = heldIds;
      return this.#noteStart(run);
    }
    const expected = this.#expected.get(`${eventInternalId} ${functionId}`);
    if (!expected)
      return world.fail(
        `run ${run.id} was started by ${event.name}, which starts no ${functionId}`,
      );
    expected.runCount += 1;
    this.#noteStart(run);
  }

  #noteStart(run: RunRecord): void {
    const { functionId, event, eventInternalId, isBatch, status, createdAtMs } = run;
    const { book, world } = this.#scene;
    const hasOwnId = event.id !== eventInternalId;
    if (hasOwnId && !isBatch) this.#startedAtMs.set(`${functionId} ${event.id}`, createdAtMs);
    if (book.inForce.get(functionId)?.pause !== "none") {
      world.count("a paused function skips");
      return world.require(status === "SKIPPED", () => `run ${run.id} starts though paused`);
    }
    if (!isBatch) this.#checkSingleton(run);
  }

  /** Whether the event's id started a run while it was held. */
  #hasStarted(functionId: string, internalId: string): boolean {
    const { book, disturbances } = this.#scene;
    const id = book.events.get(internalId)?.id ?? internalId;
    const startedAtMs = this.#startedAtMs.get(`${functionId} ${id}`);
    const isRecent =
      startedAtMs !== undefined && startedAtMs + DAY_MS > Math.min(...disturbances.shownNowMs);
    return id !== internalId && isRecent;
  }

  #checkSingleton(run: RunRecord): void {
    const { world } = this.#scene;
    const { singleton } = run.options;
    const key = singleton?.isKeyed ? keyOf(run.event.data) : "";
    if (!singleton || key === null) {
      return world.require(run.status === "QUEUED", () => `run ${run.id} is skipped for nothing`);
    }
    const name = JSON.stringify([run.functionId, singleton.isKeyed, key]);
    const holder = this.#singletons.get(name);
    const isHeld = holder?.status === "QUEUED" || holder?.status === "RUNNING";
    const isSkipped = run.status === "SKIPPED";
    world.require(
      isSkipped === isHeld,
      () =>
        `run ${run.id} is ${run.status} while ${holder?.id} of the singleton is ${holder?.status}`,
    );
    world.count(isSkipped ? "singleton skipped" : "singleton held");
    if (!isSkipped) this.#singletons.set(name, run);
  }

  #checkRank({ id, rank, options, event }: RunRecord): void {
    const { world } = this.#scene;
    const seconds = options.hasPriority ? Number(event.data["p"] ?? 0) : 0;
    if (seconds === 0)
      return world.require(rank === id, () => `run ${id} has a rank without a priority`);
    world.count("priority");
    world.require(
      rank < id === seconds > 0 && rank !== id,
      () => `run ${id} has rank ${rank} with a priority of ${seconds} s`,
    );
  }
}

function ratesOf(
  functionId: string,
  { hasIdempotency, rateLimit }: FunctionOptions,
  event: WireEvent,
) {
  const rates = [];
  const number = event.data["n"];
  if (hasIdempotency && number !== undefined) {
    const rate = { limit: 1, periodSeconds: 24 * 60 * 60, burst: 0 };
    rates.push({ name: `${functionId} idempotency ${number}`, rate });
  }
  const key = rateLimit?.isKeyed ? keyOf(event.data) : "";
  if (rateLimit && key !== null) {
    const rate = { ...rateLimit, burst: Math.floor(rateLimit.limit / 10) };
    rates.push({ name: `${functionId} rateLimit ${rateLimit.isKeyed} ${key}`, rate });
  }
  return rates;
}
