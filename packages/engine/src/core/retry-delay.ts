// When a failed attempt is tried again. Protocol notes, sections 1.4 and 1.6.

import { parseIsoDate } from "./duration.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** By attempt, from 0; a later attempt waits as long as the last entry says. */
const BACKOFF_MS: readonly number[] = [
  15 * SECOND_MS,
  30 * SECOND_MS,
  1 * MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  20 * MINUTE_MS,
  40 * MINUTE_MS,
  1 * HOUR_MS,
  2 * HOUR_MS,
];
const BACKOFF_LAST_MS = 2 * HOUR_MS;
const JITTER_MAX_MS = 30 * SECOND_MS;

const RETRY_AFTER_MIN_MS = SECOND_MS;
const RETRY_AFTER_MAX_MS = 24 * HOUR_MS;

export interface RetryDelayInput {
  /** The attempt that failed, from 0, as `ctx.attempt` counts. */
  readonly attemptIndex: number;
  /** 0 up to 1: how much of the jitter to take. Spreads runs that failed together. */
  readonly jitter: number;
  /** One fixed pause for every retry, as `--retry-interval` sets; replaces table and jitter. */
  readonly retryIntervalMs?: number;
}

export function retryDelayMs({ attemptIndex, jitter, retryIntervalMs }: RetryDelayInput): number {
  if (retryIntervalMs !== undefined) return retryIntervalMs;
  const backoffMs = BACKOFF_MS[attemptIndex] ?? BACKOFF_LAST_MS;
  return backoffMs + Math.floor(jitter * JITTER_MAX_MS);
}

/**
 * How long a `retry-after` header asks to wait, held between 1 s and 24 h: whole seconds or a date, in ISO
 * form (what the SDK sends) or in HTTP's. Undefined for a header that says neither.
 */
export function parseRetryAfterMs(header: string, nowMs: number): number | undefined {
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return clip(Number(text) * SECOND_MS);
  const atMs = parseIsoDate(text) ?? parseHttpDate(text);
  return atMs === null ? undefined : clip(atMs - nowMs);
}

function parseHttpDate(text: string): number | null {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}

function clip(delayMs: number): number {
  return Math.min(Math.max(Math.round(delayMs), RETRY_AFTER_MIN_MS), RETRY_AFTER_MAX_MS);
}
