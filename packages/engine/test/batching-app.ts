// An app with a function that gathers events, and notes which came together.

import type { InngestFunction } from "inngest";
import { DeployedEngine } from "./deployed-engine.ts";
import type { HarnessOptions } from "./engine-harness.ts";

export type BatchingOptions = Omit<InngestFunction.Options, "id" | "triggers">;

export interface Named {
  readonly data: { readonly name: string };
}

interface Batch {
  readonly names: readonly string[];
  readonly first: string;
  /** Since the start. */
  readonly atSeconds: number;
}

export const THREE = { maxSize: 3, timeout: "10s" } as const;

export class BatchingApp extends DeployedEngine {
  /** What each run was given, at its first call. */
  readonly ran: Batch[] = [];
  #beganAtMs = 0;

  get beganAtMs(): number {
    return this.#beganAtMs;
  }

  /** The batches that have become runs, by the names of their events. */
  get batches(): readonly string[] {
    return this.ran.map(({ names }) => names.join(" "));
  }

  async start(options: BatchingOptions): Promise<void> {
    await this.deploy(this.gathering(options));
    this.#beganAtMs = this.harness.clock.nowMs();
  }

  gathering(options: BatchingOptions): HarnessOptions["functions"] {
    return (inngest) => [
      inngest.createFunction(
        { id: "gather", triggers: [{ event: "go" }], ...options },
        async ({ event, events, step }) => {
          const names = events.map((one: Named) => one.data.name);
          await step.run("look", () => {
            const atSeconds = (this.harness.clock.nowMs() - this.#beganAtMs) / 1_000;
            this.ran.push({ names, first: event.data.name, atSeconds });
          });
          await step.sleep("nap", "1s");
          return names;
        },
      ),
    ];
  }
}
