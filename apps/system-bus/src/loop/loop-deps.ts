import type { BusEvent } from "@system-bus/events";
import type { Programs, StepTools } from "@system-bus/programs";
import type { LoopSettings, SummarySettings } from "@system-bus/settings";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import type { MilestoneDeps } from "../steps/emit-events.ts";

export interface LoopDeps extends MilestoneDeps {
  readonly programs: Pick<Programs, "run">;
  readonly finder: ProgramFinder;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly nowMs: () => number;
  /** The person's vault. */
  readonly vaultFolder: string;
  readonly loopsFolder: string;
  readonly loops: LoopSettings;
  /** As the settings are now: a person may have allowed a project since the worker started. */
  readonly readLoopSettings: () => LoopSettings;
  readonly agentModels: SummarySettings["agentModels"];
}

/** The step tools that the roles of a loop take, in the shape of the SDK's own. */
export interface LoopStep extends StepTools {
  sleepUntil(id: string, moment: string): Promise<void>;
  sendEvent(id: string, events: BusEvent[]): Promise<unknown>;
}

/** One run of a role's function. */
export interface RoleRun {
  readonly runId: string;
  readonly step: LoopStep;
}
