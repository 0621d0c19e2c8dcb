import { parseTimestamp } from "../send/timestamp.ts";

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

/** Milliseconds since 1970 or a date; as APIs write it. */
export function parseMoment(input: string): string {
  return new Date(parseTimestamp(input)).toISOString();
}

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
