// Runs end as the model says, and tell of it once.
//
// Invariants:
//   E1. A completed run has the result that its plan makes of its stored steps; a failed one the plan's
//       error.
//   E2. A cancelled run has a reason: someone asked, an event, a newer run, or a timeout.
//   E3. Its end is told by one `inngest/function.finished` in the same transaction, with a second event when
//       it failed or was cancelled; ends that an end's event brought about are not told.
//   E4. No run with timeouts starts or goes on after them.

import { CANCEL_EVENT, keyOf } from "../plan/function-spec.ts";
import { type OutcomeInput, outcomeOf, type SettledStep } from "../plan/outcome.ts";
import type { RunRecord } from "./book.ts";
import type { Check, Scene } from "./check.ts";
import type { Fact } from "./journal.ts";

const LATE_MS_MAX = 1_000;
const SILENT = /^inngest\/function\.(finished|failed|cancelled)$/;

export class EndCheck implements Check {
  readonly #scene: Scene;
  /** Of this commit: how often each run's end was told, by event name. */
  readonly #told = new Map<string, number>();
  readonly #ended: RunRecord[] = [];
  readonly #cancelledByEvent = new Set<string>();
  readonly #displaced = new Set<string>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  onFact(fact: Fact): void {
    const { book } = this.#scene;
    if (fact.kind === "event") return this.#noteEvent(fact);
    const run = book.runs.get(fact.runId);
    if (!run) return;
    if (fact.kind === "run") this.#noteNewRun(run);
    if (fact.kind === "run-started") this.#checkStartedInTime(run);
    if (fact.kind !== "run-ended") return;
    this.#checkEndedInTime(run);
    this.#ended.push(run);
    if (run.status === "COMPLETED") this.#checkCompleted(run);
    if (run.status === "FAILED") this.#checkFailed(run);
  }

  onCommit(): void {
    const { book, world } = this.#scene;
    for (const runId of this.#cancelledByEvent) {
      world.require(
        !book.unended.has(runId),
        () => `run ${runId} goes on after the event that cancels it`,
      );
    }
    for (const run of this.#ended) {
      if (run.status === "CANCELLED") this.#checkCancelled(run);
      this.#checkTold(run);
    }
    this.#ended.length = 0;
    this.#told.clear();
    this.#cancelledByEvent.clear();
    this.#displaced.clear();
  }

  #noteEvent({ id }: Fact): void {
    const { book } = this.#scene;
    const event = book.events.get(id);
    if (!event) return;
    if (SILENT.test(event.name)) {
      const key = `${event.name} ${event.data["run_id"]}`;
      this.#told.set(key, (this.#told.get(key) ?? 0) + 1);
    }
    if (event.name !== CANCEL_EVENT) return;
    for (const run of book.unended.values()) {
      if (this.#mayCancel(run, event)) this.#cancelledByEvent.add(run.id);
    }
  }

  #mayCancel(
    { options, event: trigger, createdAtMs, isBatch }: RunRecord,
    event: RunRecord["event"],
  ): boolean {
    const { cancelOn } = options;
    if (!cancelOn || isBatch) return false;
    const { isMatched, timeoutSeconds } = cancelOn;
    const isOver =
      timeoutSeconds !== null && createdAtMs + timeoutSeconds * 1_000 <= this.#scene.world.wallMs;
    const key = keyOf(trigger.data);
    return !isOver && (!isMatched || (key !== null && key === keyOf(event.data)));
  }

  #noteNewRun(run: RunRecord): void {
    if (run.options.singleton?.mode === "cancel") this.#displaced.add(run.spec.slug);
  }

  #checkStartedInTime(run: RunRecord): void {
    const { world, disturbances } = this.#scene;
    const lastMs = lastStartMs(run);
    const hasTimeouts = run.optionsAtStart.every(({ timeouts }) => timeouts !== undefined);
    if (lastMs === null || !hasTimeouts || disturbances.hasClockGoneBack) return;
    world.require(
      world.wallMs <= lastMs,
      () => `run ${run.id} starts ${world.wallMs - lastMs} ms after its timeout`,
    );
  }

  #checkEndedInTime(run: RunRecord): void {
    const { world, disturbances } = this.#scene;
    const lastMs = Math.max(...lastEndsMs(run));
    if (lastMs === Number.POSITIVE_INFINITY || disturbances.hasClockGoneBack) return;
    const lateMs = world.wallMs - Math.max(lastMs, disturbances.overSinceMs);
    world.require(
      lateMs <= LATE_MS_MAX,
      () => `run ${run.id} goes on for ${lateMs} ms after its finish timeout`,
    );
  }

  #checkCompleted(run: RunRecord): void {
    const { world } = this.#scene;
    const outcome = outcomeOf(run.spec.plan, inputOf(run));
    const expected = outcome.kind === "value" ? JSON.stringify(outcome.value) : outcome.kind;
    world.require(
      run.outputJson === expected,
      () => `run ${run.id} of ${run.spec.id} returned ${run.outputJson}, the plan says ${expected}`,
    );
  }

  #checkFailed(run: RunRecord): void {
    const { world, book } = this.#scene;
    const outcome = outcomeOf(run.spec.plan, inputOf(run));
    const { message } = JSON.parse(run.outputJson ?? "{}") as { message?: string };
    const isPlanned = outcome.kind === "error" && message === outcome.message;
    // An invoked run's conflict is its caller's planned error.
    if (!isPlanned && message?.startsWith("Signal conflict")) {
      const isTaken = [...run.actions.values()].some((action) => {
        const holder = action.kind === "signal" && book.signals.get(action.id);
        return holder && !action.replaces && holder.runId !== run.id;
      });
      world.count("a signal conflict");
      return world.require(isTaken, () => `run ${run.id} failed of a signal that nobody waits for`);
    }
    world.require(
      isPlanned,
      () =>
        `run ${run.id} of ${run.spec.id} failed with "${message}", the plan says ${JSON.stringify(outcome)}`,
    );
  }

  #checkCancelled(run: RunRecord): void {
    const { world, disturbances } = this.#scene;
    const startMs = lastStartMs(run);
    const shownMs = disturbances.latestShownMs(run.storedAtMs);
    const isLateStart = startMs !== null && shownMs >= startMs;
    const isLateFinish = shownMs >= Math.min(...lastEndsMs(run));
    const reason =
      ((run.wasCancelAsked || this.#scene.book.emptied.has(run.spec.id)) && "asked for") ||
      (this.#cancelledByEvent.has(run.id) && "by event") ||
      (this.#displaced.has(run.spec.slug) && "by a newer singleton") ||
      (isLateStart && "started late") ||
      (isLateFinish && "finished late");
    if (reason) world.count(`cancelled: ${reason}`);
    else world.fail(`run ${run.id} of ${run.spec.id} was cancelled for no reason`);
  }

  #checkTold(run: RunRecord): void {
    const { world } = this.#scene;
    const { book } = this.#scene;
    const isSilent = run.eventIds.some((id) => SILENT.test(book.events.get(id)?.name ?? ""));
    const counts = ["finished", "failed", "cancelled"].map(
      (name) => this.#told.get(`inngest/function.${name} ${run.id}`) ?? 0,
    );
    const expected = isSilent
      ? [0, 0, 0]
      : [1, run.status === "FAILED" ? 1 : 0, run.status === "CANCELLED" ? 1 : 0];
    world.require(
      `${counts}` === `${expected}`,
      () => `the end of ${run.id} (${run.status}) was told ${counts} times instead of ${expected}`,
    );
  }
}

/** Until when a run has to be called. One that repeats another does not wait for its event's moment. */
function lastStartMs(run: RunRecord): number | null {
  const { isBatch, options, rerunOf, createdAtMs, event } = run;
  const seconds = isBatch ? undefined : options.timeouts?.startSeconds;
  if (seconds === undefined) return null;
  const dueAtMs = rerunOf === null ? Math.max(createdAtMs, event.ts) : createdAtMs;
  return dueAtMs + seconds * 1_000;
}

/** Until when a run that has started has to end, by each of the options that it may have started with. */
function lastEndsMs({ isBatch, optionsAtStart, startedAtMs }: RunRecord): readonly number[] {
  if (isBatch || startedAtMs === null) return [Number.POSITIVE_INFINITY];
  return optionsAtStart.map(({ timeouts }) => {
    const seconds = timeouts?.finishSeconds ?? Number.POSITIVE_INFINITY;
    return startedAtMs + seconds * 1_000;
  });
}

function inputOf(run: RunRecord): OutcomeInput {
  const steps = new Map<string, SettledStep>();
  for (const { hash, valueJson, order } of run.steps.values()) {
    if (valueJson !== null) steps.set(hash, { valueJson, order });
  }
  return { steps, attemptsMax: run.spec.attemptsMax };
}
