import type { SummarySettings } from "@system-bus/settings";

/** How a summary is made this time. */
export type SummaryWay =
  | { readonly kind: "pi"; readonly command: string }
  | { readonly kind: "model" }
  | { readonly kind: "extractive"; readonly remark?: string };

export interface SummaryMeans {
  readonly by: SummarySettings["by"];
  /** pi's executable; null when it is not installed. */
  readonly pi: string | null;
  readonly isPiSetUp: boolean;
  readonly isModelSet: boolean;
}

/**
 * What was asked for, or the best that is there. Asked for by name and missing is an error (null), not
 * a silent second best.
 */
export function chooseSummaryWay({
  by,
  pi,
  isPiSetUp,
  isModelSet,
}: SummaryMeans): SummaryWay | null {
  switch (by) {
    case "pi":
      return pi === null ? null : { kind: "pi", command: pi };
    case "model":
      return { kind: "model" };
    case "extractive":
      return { kind: "extractive" };
    case "auto":
      if (pi !== null && isPiSetUp) return { kind: "pi", command: pi };
      return isModelSet ? { kind: "model" } : { kind: "extractive" };
  }
}
