/** The seeds' verification list, in its order. */
export const CHECK_IDS = [
  "dashboard",
  "worker",
  "test-event",
  "worker-killed",
  "engine-restarted",
  "daemon",
] as const;

export type CheckId = (typeof CHECK_IDS)[number];

/** Ids, figures and addresses that whoever doubts a check can look up. */
export type Evidence = Readonly<Record<string, string | number | boolean | readonly string[]>>;

interface CheckBase {
  readonly id: CheckId;
  /** What was seen, in one sentence; of a check that was not made, why. */
  readonly text: string;
  readonly evidence: Evidence;
  readonly tookMs: number;
}

/** A check that was not made is never well. */
export type CheckResult =
  | (CheckBase & { readonly state: "well"; readonly cure: null })
  | (CheckBase & { readonly state: "failed"; readonly cure: string })
  /** `cure`: how it could be made; null where it can't be here. */
  | (CheckBase & { readonly state: "not-checked"; readonly cure: string | null });

/** What one check found. Its id and its time are its caller's. */
export type Verdict =
  | { readonly state: "well"; readonly text: string; readonly evidence: Evidence }
  | {
      readonly state: "failed";
      readonly text: string;
      readonly evidence: Evidence;
      readonly cure: string;
    }
  | { readonly state: "not-checked"; readonly text: string; readonly cure: string | null };

export function well(text: string, evidence: Evidence): Verdict {
  return { state: "well", text, evidence };
}

export function failed(text: string, cure: string, evidence: Evidence = {}): Verdict {
  return { state: "failed", text, cure, evidence };
}

export function notChecked(text: string, cure: string | null = null): Verdict {
  return { state: "not-checked", text, cure };
}

export function toResult(id: CheckId, verdict: Verdict, tookMs: number): CheckResult {
  const base = { id, tookMs };
  if (verdict.state === "well") return { ...base, ...verdict, cure: null };
  if (verdict.state === "failed") return { ...base, ...verdict };
  return { ...base, ...verdict, evidence: {} };
}
