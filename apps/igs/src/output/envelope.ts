import type { Failure, FailureCode } from "./failure.ts";

/** A command that makes sense next, ready to be typed. */
export interface NextAction {
  readonly command: string;
  readonly description: string;
}

/** What a command came to. A failure may come with a result, such as a run that failed. */
export interface Answer {
  readonly result: unknown;
  /** For people; empty where all was said already. */
  readonly text: string;
  readonly nextActions?: readonly NextAction[];
  readonly failure?: Failure;
  /** The text tells people of the failure already. */
  readonly isFailureInText?: boolean;
  /** The command has printed its envelope itself. */
  readonly isTold?: boolean;
}

/** The one JSON object that a program reads. Its keys are the CLI's contract. */
export interface Envelope {
  readonly ok: boolean;
  readonly command: string;
  readonly result: unknown;
  readonly next_actions: readonly NextAction[];
  readonly error?: { readonly code: FailureCode; readonly message: string };
  readonly fix?: string;
}

export function buildEnvelope(command: string, answer: Omit<Answer, "text">): Envelope {
  const { failure, result, nextActions = [] } = answer;
  const common = { command, result: result ?? null, next_actions: nextActions };
  if (!failure) return { ok: true, ...common };
  const error = { code: failure.code, message: failure.message };
  return { ok: false, ...common, error, fix: failure.fix };
}
