import type { InngestApi } from "@system-bus/inngest-api";
import type { ProcessTable } from "@system-bus/programs/processes";
import type { Clock } from "../clock.ts";
import type { FoundSupervisor } from "../supervisor/find-supervisor.ts";
import type { CheckId, CheckResult } from "./check-result.ts";
import type { Consent } from "./consent.ts";
import type { DaemonLook } from "./look-at-daemon.ts";

/** What the checks are made on, and by what they reach it. */
export interface VerifyScene {
  readonly api: InngestApi;
  readonly engineUrl: string;
  /** Where the worker answers people. */
  readonly workerOrigin: string;
  readonly processes: ProcessTable;
  /** Who keeps this bus alive at this moment; null when nobody of ours does. */
  readonly findSupervisor: () => Promise<FoundSupervisor | null>;
  /** The daemon of this machine, if there is one. */
  readonly lookAtDaemon: () => Promise<DaemonLook>;
  readonly clock: Clock;
  /** Aborted by Ctrl-C: the check in hand is given up, the bus runs on. */
  readonly signal: AbortSignal;
  /** Asked by each check that interrupts, when nothing else speaks against it. */
  readonly askConsent: () => Promise<Consent>;
  /** What is being tried, before a check and at each of its parts. */
  readonly onProgress: (id: CheckId, text: string) => void;
  readonly onResult: (result: CheckResult) => void;
}
