// Which alerts are raised and which cleared. Pure.
//
//   L1. An alert is told once when it is raised, once when its reason changes, and once when it is well
//       again. In between it stands, over restarts, and nothing is said.
//   L2. Numbers are no change of reason: "waits for 7 minutes" and "for 22 minutes" are one.
//   L3. A check clears only what it has looked at.

/** Something that is wrong now. */
export interface Finding {
  /** What it is about, the same as long as it lasts: `function-health/app/function/missed`. */
  readonly alert: string;
  readonly title: string;
  readonly detail?: string;
  /** What is said when it is over. */
  readonly wellAgain: string;
}

/** An alert that was raised and stands. */
export interface StandingAlert {
  readonly alert: string;
  readonly reason: string;
  readonly wellAgain: string;
  readonly sinceMs: number;
}

export interface AlertChange {
  readonly alert: string;
  readonly state: "raised" | "cleared";
  readonly title: string;
  readonly detail?: string;
}

export interface AlertDecision {
  readonly changes: readonly AlertChange[];
  readonly standing: readonly StandingAlert[];
}

export interface AlertQuestion {
  readonly standing: readonly StandingAlert[];
  readonly findings: readonly Finding[];
  /** Whether this check has looked at what the alert is about (L3). */
  readonly hasLookedAt: (alert: string) => boolean;
  readonly nowMs: number;
}

export function decideAlerts({
  standing,
  findings,
  hasLookedAt,
  nowMs,
}: AlertQuestion): AlertDecision {
  const before = new Map(standing.map((one) => [one.alert, one]));
  const found = new Map(findings.map((finding) => [finding.alert, finding]));
  const raised = [...found.values()].filter(
    (finding) => before.get(finding.alert)?.reason !== reasonOf(finding),
  );
  const cleared = standing.filter(({ alert }) => !found.has(alert) && hasLookedAt(alert));
  const changed = new Set([...raised, ...cleared].map(({ alert }) => alert));
  return {
    changes: [
      ...raised.map(({ alert, title, detail }) => ({
        ...{ alert, state: "raised" as const, title },
        ...(detail === undefined ? {} : { detail }),
      })),
      ...cleared.map(({ alert, wellAgain, sinceMs }) => ({
        ...{ alert, state: "cleared" as const, title: wellAgain },
        detail: `The alert had stood since ${new Date(sinceMs).toISOString()}.`,
      })),
    ],
    standing: [
      ...standing.filter(({ alert }) => !changed.has(alert)),
      ...raised.map((finding) => ({
        alert: finding.alert,
        reason: reasonOf(finding),
        wellAgain: finding.wellAgain,
        sinceMs: nowMs,
      })),
    ],
  };
}

function reasonOf({ title, detail = "" }: Finding): string {
  return `${title}\n${detail}`.replace(/\d+/g, "#").slice(0, 2_000);
}
