import type { Retention } from "./core/retention.ts";
import type { Clock } from "./runtime/clock.ts";
import type { EndedRunNotice } from "./runtime/effects.ts";
import type { Log } from "./runtime/log.ts";
import type { TraceExportOptions } from "./runtime/trace-export/trace-exporter.ts";
import type { Database, Storage } from "./store/database.ts";
import type { Schedule } from "./store/group-commit.ts";

export interface EngineCoreOptions {
  readonly storage: Storage;
  readonly isDev: boolean;
  readonly signingKeys: readonly string[];
  /** Replaces Inngest's backoff by a fixed pause; Inngest's `--retry-interval`. */
  readonly retryIntervalMs?: number;
  /** Apps to ask for their functions at the start, beside those known from before. */
  readonly sdkUrls?: readonly string[];
  /** Sends the traces of ended runs to an OTLP receiver. */
  readonly traceExport?: TraceExportOptions;
  /** How long what is over is kept; all of it for ever when absent. */
  readonly retention?: Retention;
  readonly onLog?: Log;
  readonly clock?: Clock;
  /** 0 … 1, for the jitter of retries. */
  readonly random?: () => number;
  /** Makes the ids of events and runs: ULIDs, each higher than the last. */
  readonly createId?: () => string;
  /** Told of each run that ended, once its end is on disk. */
  readonly onRunEnded?: (notice: EndedRunNotice) => void;
  /** Runs a commit after the present turn of the event loop; tests say themselves when. */
  readonly schedule?: Schedule;
  /** Opens the file of the storage; tests give it a small disk. */
  readonly openDatabase?: (file: string) => Database;
  /** How the engine reaches apps and models; tests call an app without a socket. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}
