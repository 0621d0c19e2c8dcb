// Limits on calls, as the app sees them.
//
// Invariants:
//   M1. At no moment are more calls on their way than a concurrency limit allows.
//   M2. Starts of runs never exceed their throttle; a start is stored before its call leaves.

import type { CallInFlight } from "../faults/wire.ts";
import { keyOf } from "../plan/function-spec.ts";
import type { RunRecord } from "./book.ts";
import type { Check, Scene } from "./check.ts";
import type { Fact } from "./journal.ts";
import { RateModel } from "./rate-model.ts";

interface Slot {
  readonly name: string;
  readonly limit: number;
}

export class LimitCheck implements Check {
  readonly #scene: Scene;
  readonly #rates = new RateModel();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  onCall(_call: CallInFlight, run: RunRecord | null): void {
    if (!run) return;
    this.#checkConcurrency(run);
    this.#scene.world.require(
      !run.options.throttle || run.status === "RUNNING",
      () => `run ${run.id} is called before its start and the mark on its throttle are stored`,
    );
  }

  onFact({ kind, runId }: Fact): void {
    const run = kind === "run-started" ? this.#scene.book.runs.get(runId) : undefined;
    if (run) this.#checkThrottle(run);
  }

  #checkConcurrency(run: RunRecord): void {
    const { world, book, inFlight } = this.#scene;
    for (const { name, limit } of slotsOf(run)) {
      const sharing = [...inFlight].flatMap(({ context }) => {
        const other = book.runs.get(context.run_id);
        return (other ? slotsOf(other) : []).filter((slot) => slot.name === name);
      });
      // A throttled call has its place already while its start is being stored: others with a higher
      // limit may come in between.
      const limitMax = run.options.throttle
        ? Math.max(...sharing.map((slot) => slot.limit))
        : limit;
      const { length: count } = sharing;
      if (count === limit) world.count("a concurrency limit reached");
      world.require(
        count <= limitMax,
        () => `${count} calls are on their way at ${name}, the limit is ${limitMax}`,
      );
    }
  }

  #checkThrottle(run: RunRecord): void {
    const { world, disturbances } = this.#scene;
    const { throttle } = run.options;
    // A clock that is set back makes its past come again.
    if (!throttle || disturbances.hasClockGoneBack) return;
    const key = throttle.isKeyed ? (keyOf(run.event.data) ?? "") : "";
    const name = JSON.stringify([run.spec.slug, throttle.isKeyed, key]);
    const mayPass = this.#rates.mayPass(name, throttle, world.wallMs);
    world.require(mayPass, () => `run ${run.id} starts above the throttle of ${name}`);
    this.#rates.pass(name, throttle, world.wallMs);
    world.count("throttle passed");
  }
}

function slotsOf({ spec, options, event }: RunRecord): Slot[] {
  return options.concurrency.map(({ limit, scope, isKeyed }) => {
    const owner = scope === "fn" ? spec.slug : "";
    const key = isKeyed ? (keyOf(event.data) ?? "") : "";
    return { name: JSON.stringify([scope, owner, isKeyed, key]), limit };
  });
}
