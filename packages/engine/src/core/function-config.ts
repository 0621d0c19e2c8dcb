import type { FlowControl } from "./flow-control.ts";

/** One function as an app registered it, read and checked. Protocol notes, section 1.2. */
export interface FunctionConfig extends FlowControl {
  /** `<app>-<function>`, as the SDK sends it; called the slug elsewhere. */
  readonly slug: string;
  readonly name: string;
  readonly triggers: readonly Trigger[];
  /** Where calls go, without `fnId` and `stepId` changed: the URL as registered. */
  readonly url: string;
  /** Retries + 1, 1…21. */
  readonly attemptsMax: number;
  readonly concurrency: readonly ConcurrencyLimit[];
  /**
   * Why this function cannot run here: a bad expression, or flow control that this engine lacks. It is
   * registered and shown with the problem, and never started; its neighbours are not affected.
   */
  readonly problem?: string;
}

export type Trigger =
  | { readonly kind: "event"; readonly event: string; readonly expression?: string }
  | { readonly kind: "cron"; readonly cron: string; readonly jitter?: string };

export interface ConcurrencyLimit {
  readonly limit: number;
  readonly scope: "fn" | "env" | "account";
  /** An expression over the first event; without it the whole scope shares one count. */
  readonly key?: string;
}
