import type { Evidence } from "../evidence.ts";
import {
  checkEndEvents,
  checkEvents,
  checkInvokedRuns,
  checkOwedRuns,
  checkStartedRuns,
} from "./check-events.ts";
import { checkBatches, checkDebounces, checkSingletons, checkThrottle } from "./check-flow.ts";
import { checkRuns } from "./check-runs.ts";
import { checkSchedules } from "./check-schedules.ts";
import { checkSteps } from "./check-steps.ts";
import { checkCancellations, checkSleeps, checkWaits } from "./check-waits.ts";
import { EvidenceIndex } from "./evidence-index.ts";
import type { Check, Violation } from "./violation.ts";

const CHECKS: readonly Check[] = [
  checkEvents,
  checkOwedRuns,
  checkStartedRuns,
  checkInvokedRuns,
  checkEndEvents,
  checkRuns,
  checkSteps,
  checkWaits,
  checkSleeps,
  checkCancellations,
  checkDebounces,
  checkBatches,
  checkThrottle,
  checkSingletons,
  checkSchedules,
];

/** Everything in which the evidence differs from what the engine promises. */
export function checkEvidence(evidence: Evidence): readonly Violation[] {
  const index = new EvidenceIndex(evidence);
  return CHECKS.flatMap((check) => check(index));
}
