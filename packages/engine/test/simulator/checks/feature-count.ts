import type { Check, Scene } from "./check.ts";
import type { Fact } from "./journal.ts";

/** Counts which features a world has met, for the coverage of a campaign. */
export class FeatureCount implements Check {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  onFact(fact: Fact): void {
    const { world, book } = this.#scene;
    const run = book.runs.get(fact.runId);
    if (!run) return;
    if (fact.kind === "run-ended") world.count(`run ${fact.status}`);
    const step = run.steps.get(fact.id);
    if (step && step.valueJson !== null && (fact.kind === "step" || fact.kind === "step-settled")) {
      world.count(`step ${step.action.kind} ${step.status}`);
    }
    if (fact.kind !== "run") return;
    world.count(`run by ${run.event.name.startsWith("sim/go") ? "sim/go" : run.event.name}`);
    world.count(`request version ${run.spec.requestVersion}`);
    world.count(run.spec.checkpointing ? "checkpoints" : "no checkpoints");
    const { concurrency, timeouts, throttle, rateLimit, cancelOn } = run.options;
    if (concurrency.length > 0) world.count("function with concurrency");
    if (timeouts) world.count("function with timeouts");
    if (throttle) world.count("function with throttle");
    if (rateLimit) world.count("function with rateLimit");
    if (cancelOn) world.count("function with cancelOn");
  }
}
