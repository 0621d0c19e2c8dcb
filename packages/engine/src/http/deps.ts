import type { EngineCommands } from "../runtime/commands.ts";
import type { Log } from "../runtime/log.ts";
import type { EngineMetrics } from "../runtime/metrics/engine-metrics.ts";
import type { ReadStore } from "../runtime/read-store.ts";
import type { EngineUpkeep } from "../runtime/upkeep/upkeep.ts";
import type { Access } from "./access/access.ts";
import type { Realtime } from "./realtime/realtime.ts";

/** What the routes need, as `engine.ts` gives it to `createHttpApp`. */
export interface HttpDeps {
  readonly commands: EngineCommands;
  readonly reads: ReadStore;
  readonly upkeep: EngineUpkeep;
  readonly metrics: EngineMetrics;
  readonly access: Access;
  readonly realtime: Realtime;
  /** Whether the engine calls itself a dev server: `/dev` is there, and apps are told so. */
  readonly isDev: boolean;
  /** The engine's own, for `/dev`. */
  readonly version: string;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Answers what no route knows: the dashboard. See `page-server.ts`. */
  readonly servePage?: (request: Request) => Promise<Response>;
}
