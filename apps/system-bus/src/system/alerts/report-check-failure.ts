import { errorWords, type FailedRun } from "../report-failure.ts";
import { type TellAlertsDeps, type TellStep, tellAlerts } from "./tell-alerts.ts";

/** The alert that a check itself does not work. */
function brokenAlert(check: string): string {
  return `${check}/broken`;
}

/**
 * For `onFailure` of a check: one that can't tell whether all is well is an alert of its own, once, however
 * it has failed. The check's next good run clears it.
 */
export function reportCheckFailure(
  check: string,
  deps: TellAlertsDeps,
): (failed: FailedRun & { readonly step: TellStep }) => Promise<void> {
  return async ({ event, error, step }) => {
    const { run_id: runId } = event.data;
    await tellAlerts(step, deps, {
      check,
      runId: `${runId}-failed`,
      findings: [
        {
          alert: brokenAlert(check),
          title: `The check ${check} does not work`,
          detail: `${errorWords(error)} (run ${runId})`,
          wellAgain: `The check ${check} works again`,
        },
      ],
      // It has not looked: what stands, stands.
      hasLookedAt: () => false,
    });
  };
}
