import type { MetadataUpdate } from "./metadata.ts";

/** An error as the SDK serialises it (`{name, message, stack?, …}`), kept whole. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly [field: string]: unknown;
}

/** What every op carries. `id` is the SDK's hash of the step id; `displayName` is what a person wrote. */
export interface OpBase {
  readonly id: string;
  readonly displayName: string;
  /** Step id as the user wrote it and its index among repeats; traces and metadata are found by it. */
  readonly userland?: { readonly id: string; readonly index?: number };
  /** `group.parallel({mode: "race"})`: each finished member triggers a discovery of its own. */
  readonly isRace: boolean;
  /** When the SDK ran the step, from the op's `timing` (`a`, `b` in nanoseconds), where it says so. */
  readonly timing?: { readonly startedAtMs: number; readonly durationMs: number };
  /** What the app says of the step beside its result; absent where it says nothing. */
  readonly metadata?: readonly MetadataUpdate[];
}

/**
 * One instruction of the SDK to the engine. Protocol notes, section 1.5. The union is closed: an op
 * code this engine cannot carry out becomes `unsupported`, so that the run fails with its name.
 */
export type StepOp =
  | (OpBase & { readonly kind: "step-done"; readonly data: unknown; readonly opType?: string })
  | (OpBase & {
      readonly kind: "step-error";
      readonly error: SerializedError;
      /** False for StepFailed: no attempt is left, or the error said that none would help. */
      readonly mayRetry: boolean;
      readonly opType?: string;
    })
  | (OpBase & { readonly kind: "step-planned"; readonly input?: unknown })
  | (OpBase & { readonly kind: "sleep"; readonly until: string })
  | (OpBase & {
      readonly kind: "wait-for-event";
      readonly eventName: string;
      readonly timeout: string;
      readonly expression?: string;
    })
  | (OpBase & {
      readonly kind: "wait-for-signal";
      readonly signal: string;
      readonly timeout: string;
      /** Takes the signal from another step that waits for it; otherwise the run fails. */
      readonly replaces: boolean;
    })
  | (OpBase & {
      readonly kind: "invoke";
      readonly functionId: string;
      readonly payload: InvokePayload;
      readonly timeout?: string;
    })
  | (OpBase & {
      readonly kind: "gateway";
      readonly request: GatewayRequest;
      /** What the trace shows of it: no secret. */
      readonly shown: Readonly<Record<string, unknown>>;
    })
  | (OpBase & { readonly kind: "run-complete"; readonly data: unknown })
  | (OpBase & { readonly kind: "discovery-request" })
  | (OpBase & { readonly kind: "none" })
  | (OpBase & { readonly kind: "unsupported"; readonly op: string });

export interface InvokePayload {
  readonly data?: Record<string, unknown>;
  readonly user?: Record<string, unknown>;
  readonly v?: string;
}

/**
 * An HTTP request that the engine makes for a step, so that no worker is held meanwhile. The headers and
 * the address's query may be secrets.
 */
export interface GatewayRequest {
  /**
   * What makes the step's value, and of what: `model` (`step.ai.infer`) of the answer's JSON, and any
   * status but 2xx is a failure; `fetch` (`step.fetch`) of the whole answer, whatever its status.
   */
  readonly shape: "model" | "fetch";
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What one call to the SDK came to. Protocol notes, section 1.4. */
export type CallOutcome =
  | {
      readonly kind: "ops";
      readonly ops: readonly StepOp[];
      /** `retry-after` of the answer, already clipped to 1 s … 24 h; applies to its step-error op. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: "finished"; readonly output: unknown }
  | {
      readonly kind: "failed";
      readonly error: SerializedError;
      readonly mayRetry: boolean;
      readonly retryAfterMs?: number;
    }
  /** An answer that breaks the protocol or came from something that is no SDK: retried like an error. */
  | { readonly kind: "malformed"; readonly problem: string };

/** An SDK's answer together with the protocol version it spoke (`x-inngest-req-version`). */
export interface CallAnswer {
  readonly outcome: CallOutcome;
  readonly requestVersion?: number;
}
