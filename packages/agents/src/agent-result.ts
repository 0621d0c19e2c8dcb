// What a run of an agent came to. Plain JSON: it goes through a run's state.

export interface AgentUsage {
  /** All that was put in, what came from the provider's cache included. */
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** As the agent reckons it, in US dollars; left out where it can't tell. */
  readonly costUsd?: number;
}

/**
 * `model-failed`: the model's server answered with an error, or not at all. `rate-limited` is also a
 * quota or a credit that is used up. `bad-output`: it ended well and left no answer. Those that are
 * not the agent's work are never to be counted as work.
 */
export type AgentFailureKind =
  | "not-installed"
  | "not-logged-in"
  | "rate-limited"
  | "out-of-context"
  | "refused"
  | "model-failed"
  | "crashed"
  | "timed-out"
  | "bad-output";

/** Moments are ISO 8601. */
export type AgentTroubleKind =
  | { readonly kind: "rate-limited"; readonly resetAt: string | null }
  | { readonly kind: Exclude<AgentFailureKind, "rate-limited"> };

interface Accounted {
  readonly usage: AgentUsage;
  /** The one that it says it has asked; null when it doesn't say. */
  readonly model: string | null;
  readonly durationMs: number;
}

export interface AgentAnswer extends Accounted {
  readonly ok: true;
  readonly text: string;
  /** Everything that its tools were asked and gave back: what it can have read. */
  readonly toolText: string;
}

export type AgentFailure = Accounted &
  AgentTroubleKind & {
    readonly ok: false;
    /** A sentence's end: "pi failed: <reason>". */
    readonly reason: string;
  };

export type AgentResult = AgentAnswer | AgentFailure;
