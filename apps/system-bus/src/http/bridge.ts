import type { BusLogger } from "@system-bus/events";
import type { Settings } from "@system-bus/settings";
import type { Server } from "bun";
import type { Clock } from "../clock.ts";
import { stopServer } from "./stop-server.ts";

const TRY_GAP_MS = 5_000;

export interface BridgeDeps {
  readonly clock: Clock;
  readonly logger: Pick<BusLogger, "info" | "warn">;
}

/**
 * The address, beside the one for this machine, at which an engine in a container reaches the worker. It
 * belongs to Docker's network, which may come up long after the worker, at a boot for instance: until then
 * the worker runs without it, and tries again.
 */
export class Bridge {
  readonly #host: string | undefined;
  readonly #deps: BridgeDeps;
  readonly #stopping = new AbortController();
  #server: Server<undefined> | null = null;

  constructor({ bridgeHost, host }: Pick<Settings, "bridgeHost" | "host">, deps: BridgeDeps) {
    const isCovered = bridgeHost === host || host === "0.0.0.0" || host === "::";
    this.#host = isCovered ? undefined : bridgeHost;
    this.#deps = deps;
  }

  /** Returns when it listens, or was stopped. */
  async run(listen: (host: string) => Server<undefined>): Promise<void> {
    const host = this.#host;
    if (host === undefined) return;
    const { clock, logger } = this.#deps;
    const { signal } = this.#stopping;
    for (let tries = 1; !signal.aborted; tries += 1) {
      try {
        this.#server = listen(host);
        return logger.info({ host }, "an engine in a container reaches the worker");
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const text = "an engine in a container can't reach the worker yet: it is tried again";
        if (tries === 1) logger.warn({ host, reason }, text);
      }
      await clock.sleepMs(TRY_GAP_MS, signal);
    }
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await stopServer(this.#server, graceMs);
  }
}
