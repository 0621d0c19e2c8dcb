// An app with a debounced function, which notes what it was called with, and when.

import type { InngestFunction } from "inngest";
import { DeployedEngine } from "./deployed-engine.ts";
import type { HarnessOptions } from "./engine-harness.ts";

export type DebouncingOptions = Omit<InngestFunction.Options, "id" | "triggers">;

export const SLOW = { limit: 1, period: "1m" } as const;

export class DebouncingApp extends DeployedEngine {
  /** Which events' runs were called, and how many seconds after the start. */
  readonly ran: [name: string, atSeconds: number][] = [];
  #beganAtMs = 0;

  get beganAtMs(): number {
    return this.#beganAtMs;
  }

  async start(options: DebouncingOptions): Promise<void> {
    await this.startWith(this.settled(options));
  }

  async startWith(functions: HarnessOptions["functions"]): Promise<void> {
    await this.deploy(functions);
    this.#beganAtMs = this.harness.clock.nowMs();
  }

  settled(options: DebouncingOptions): HarnessOptions["functions"] {
    return (inngest) => [
      inngest.createFunction(
        { id: "settled", triggers: [{ event: "go" }, { cron: "0 0 1 1 *" }], ...options },
        async ({ event }) => {
          this.ran.push([event.data.name, (this.harness.clock.nowMs() - this.#beganAtMs) / 1_000]);
          return event.data.name;
        },
      ),
    ];
  }
}
