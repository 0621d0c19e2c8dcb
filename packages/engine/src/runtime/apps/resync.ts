import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";

export interface ResyncDeps {
  readonly syncApp: (url: string) => Promise<unknown>;
  /** False once an app has moved away or was removed: then nobody is expected there. */
  readonly isExpected: (url: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 30_000;
/** The first pause that is worth a word: an app that starts beside the engine needs a moment. */
const PAUSE_TOLD_MS = 2_000;

/**
 * Asks apps for their functions until each has answered once: the ones known from before a restart,
 * and those given by `--sdk-url`. An app that registers by itself meanwhile is simply asked again.
 */
export class Resync {
  readonly #deps: ResyncDeps;
  readonly #cancels = new Map<string, () => void>();
  #isStopped = false;

  constructor(deps: ResyncDeps) {
    this.#deps = deps;
  }

  start(urls: readonly string[]): void {
    for (const url of new Set(urls)) void this.#ask(url, PAUSE_FIRST_MS);
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#cancels.values()) cancel();
  }

  async #ask(url: string, pauseMs: number): Promise<void> {
    const { syncApp, isExpected, clock, log } = this.#deps;
    if (!isExpected(url)) return;
    try {
      await syncApp(url);
      log({ level: "info", message: `synced ${url}` });
    } catch (error) {
      if (this.#isStopped) return;
      if (pauseMs === PAUSE_TOLD_MS) {
        const reason = error instanceof Error ? error.message : String(error);
        log({ level: "warn", message: `${url} has not registered yet; trying again`, reason });
      }
      const nextPauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
      this.#cancels.set(
        url,
        clock.wakeAfter(pauseMs, () => void this.#ask(url, nextPauseMs)),
      );
    }
  }
}
