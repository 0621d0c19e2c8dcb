// `POST /v1/signals`: protocol notes, section 1.10.

import { isRecord } from "./record.ts";

/** A signal is a token that is made up for one wait, no text. */
export const SIGNAL_CHARS_MAX = 1_024;

export interface IncomingSignal {
  readonly signal: string;
  readonly data: unknown;
}

export function isSignal(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= SIGNAL_CHARS_MAX;
}

/** Null for what is no signal. */
export function readSignal(body: unknown): IncomingSignal | null {
  if (!isRecord(body) || !isSignal(body["signal"])) return null;
  return { signal: body["signal"], data: body["data"] ?? null };
}
