import { readDuration } from "../parse-duration.ts";
import { readTimestamp } from "../send/timestamp.ts";

/** Flags that several commands have. Each is a function of nothing but words, so help stays fast. */

export const jsonFlag = {
  kind: "boolean",
  optional: true,
  withNegated: false,
  brief: "Print one JSON envelope, as programs get anyway",
} as const;

/** Of every command that talks to the engine. */
export const connectionFlags = {
  engineUrl: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "address",
    brief: "The engine to talk to, instead of INNGEST_BASE_URL's or the one of this machine",
  },
  json: jsonFlag,
} as const;

/** Of the commands that ask before they do much. */
export const yesFlag = {
  kind: "boolean",
  optional: true,
  withNegated: false,
  brief: "Ask nothing: programs have to say so",
} as const;

/** Of every command that starts an engine. */
export const allowHostFlag = {
  kind: "parsed",
  parse: text,
  optional: true,
  variadic: true,
  placeholder: "name",
  brief: "A further name by which browsers may reach the engine, such as a Tailscale one",
} as const;

export const limitFlag = {
  kind: "parsed",
  parse: parseCount,
  default: "20",
  placeholder: "n",
  brief: "How many at most",
} as const;

/** A whole number of at least 1. */
export function parseCount(input: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(input)) return Number(input);
  throw new SyntaxError(`expected a whole number from 1, such as 20, not "${input}"`);
}

/** How long ago, milliseconds since 1970, or a date; as APIs write it. */
export function parseMoment(input: string, nowMs: number = Date.now()): string {
  const agoMs = readDuration(input);
  const atMs = agoMs === null ? readTimestamp(input) : nowMs - agoMs;
  if (atMs !== null && Math.abs(atMs) <= MOMENT_MS_MAX) return new Date(atMs).toISOString();
  throw new SyntaxError(
    `expected how long ago, such as 2h, milliseconds since 1970, or a date such as 2026-11-21T09:00:00Z, not "${input}"`,
  );
}

/** The last one that JavaScript's dates know. */
const MOMENT_MS_MAX = 8_640_000_000_000_000;

/** A duration above nothing, in milliseconds. */
export function parseTimeout(input: string): number {
  const ms = readDuration(input);
  if (ms !== null && ms > 0) return ms;
  throw new SyntaxError(`expected a duration, such as 30s, 5m or 2h, not "${input}"`);
}

/** Of the commands that choose runs or entries by time. Stricli passes its own second argument. */
export const sinceFlag = {
  kind: "parsed",
  parse: (input: string) => parseMoment(input),
  optional: true,
  placeholder: "moment",
  brief: "Only from this moment on: a date, or how long ago, such as 2h",
} as const;

export const untilFlag = {
  kind: "parsed",
  parse: (input: string) => parseMoment(input),
  optional: true,
  placeholder: "moment",
  brief: "Only before this moment",
} as const;

export function parsePort(input: string): number {
  if (/^[0-9]{1,5}$/.test(input) && Number(input) <= 65_535) return Number(input);
  throw new SyntaxError(`expected a port from 0 to 65535, not "${input}"`);
}

export function text(input: string): string {
  return input;
}

/** Examples as the last part of a command's help. */
export function withExamples(description: string, examples: readonly string[]): string {
  return `${description}\n\nEXAMPLES\n${examples.map((example) => `  ${example}`).join("\n")}`;
}
