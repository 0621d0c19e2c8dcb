// `POST /v1/signals`: protocol notes, section 1.10.

/** A signal is a token that is made up for one wait, no text. */
export const SIGNAL_CHARS_MAX = 1_024;

export interface IncomingSignal {
  readonly signal: string;
  readonly data: unknown;
}

export function isSignal(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= SIGNAL_CHARS_MAX;
}
