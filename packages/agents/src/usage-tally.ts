import type { AgentUsage } from "./agent-result.ts";
import type { ModelCall } from "./model-call.ts";
import { addUsage, NO_USAGE } from "./usage.ts";

/** Adds up the calls of a model. A call that is told of twice counts once. */
export class UsageTally {
  readonly #ids = new Set<string>();
  #usage = NO_USAGE;
  #model: string | null = null;

  get usage(): AgentUsage {
    return this.#usage;
  }

  /** False when it was told of before. */
  add({ id, model, usage }: ModelCall): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    this.#model = model ?? this.#model;
    this.#usage = addUsage(this.#usage, usage);
    return true;
  }

  /** Of the latest call; null before any has told. */
  get model(): string | null {
    return this.#model;
  }
}
