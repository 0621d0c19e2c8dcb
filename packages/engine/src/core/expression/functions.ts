// The functions that an expression may call: CEL's for texts, lists and conversions, and Inngest's own.

import { parseDurationMs, parseIsoDate } from "../duration.ts";
import {
  Duration,
  Fault,
  isMap,
  isNothing,
  toText,
  typeName,
  UNKNOWN,
  type Value,
} from "./value.ts";

/** A number this large counts milliseconds since 1970, a smaller one seconds. */
const MILLISECONDS_FROM = 1e11;

export interface ExpressionFunction {
  /** `size(x)` is called by its name, `x.size()` on its first argument. */
  readonly forms: "name" | "method" | "both";
  /** With the value that a method is called on. */
  readonly argumentsMin: number;
  readonly argumentsMax: number;
  /** Gives whole numbers, so that a division of two of them is one of whole numbers. */
  readonly isInteger?: boolean;
  /** By the rule of the dialect, a call with an unknown argument is false, without being made. */
  readonly takesUnknown?: boolean;
  /** May throw: that is a fault of the call. */
  readonly call: (values: readonly Value[], nowMs: number | undefined) => Value;
}

const byName = (count: number, call: ExpressionFunction["call"]): ExpressionFunction => ({
  forms: "name",
  argumentsMin: count,
  argumentsMax: count,
  call,
});

const method = (
  argumentsMin: number,
  argumentsMax: number,
  call: (...texts: Value[]) => Value,
): ExpressionFunction => ({
  forms: "method",
  argumentsMin,
  argumentsMax,
  call: (values) => call(...values),
});

export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map<
  string,
  ExpressionFunction
>([
  [
    "size",
    {
      forms: "both",
      argumentsMin: 1,
      argumentsMax: 1,
      isInteger: true,
      takesUnknown: true,
      call: ([value]) => sizeOf(value),
    },
  ],
  ["contains", method(2, 2, (value, part) => text(value).includes(text(part)))],
  ["startsWith", method(2, 2, (value, part) => text(value).startsWith(text(part)))],
  ["endsWith", method(2, 2, (value, part) => text(value).endsWith(text(part)))],
  ["lowerAscii", method(1, 1, (value) => text(value).toLowerCase())],
  ["upperAscii", method(1, 1, (value) => text(value).toUpperCase())],
  ["trim", method(1, 1, (value) => text(value).trim())],
  ["split", method(2, 2, (value, separator) => text(value).split(text(separator)))],
  [
    "join",
    method(1, 2, (values, separator = "") => list(values).map(toText).join(text(separator))),
  ],
  ["replace", method(3, 3, (value, old, by) => text(value).replaceAll(text(old), () => text(by)))],
  ["substring", method(2, 3, substring)],
  ["indexOf", method(2, 2, (value, part) => text(value).indexOf(text(part)))],
  ["lastIndexOf", method(2, 2, (value, part) => text(value).lastIndexOf(text(part)))],
  ["charAt", method(2, 2, (value, index) => text(value).charAt(number(index)))],
  ["getFullYear", method(1, 1, (value) => date(value).getUTCFullYear())],
  ["getMonth", method(1, 1, (value) => date(value).getUTCMonth())],
  ["getDate", method(1, 1, (value) => date(value).getUTCDate())],
  ["getDayOfMonth", method(1, 1, (value) => date(value).getUTCDate() - 1)],
  ["getDayOfWeek", method(1, 1, (value) => date(value).getUTCDay())],
  ["getHours", method(1, 1, (value) => date(value).getUTCHours())],
  ["getMinutes", method(1, 1, (value) => date(value).getUTCMinutes())],
  ["getSeconds", method(1, 1, (value) => date(value).getUTCSeconds())],
  ["int", { ...byName(1, ([value]) => Math.trunc(toNumber(value))), isInteger: true }],
  ["uint", { ...byName(1, ([value]) => Math.trunc(toNumber(value))), isInteger: true }],
  ["double", byName(1, ([value]) => toNumber(value))],
  ["string", byName(1, ([value]) => toText(value))],
  ["bool", byName(1, ([value]) => toBoolean(value))],
  ["dyn", { ...byName(1, ([value]) => value), takesUnknown: true }],
  ["timestamp", byName(1, ([value]) => toDate(value))],
  ["duration", byName(1, ([value]) => toDuration(value))],
  ["lowercase", byName(1, ([value]) => text(value).toLowerCase())],
  ["uppercase", byName(1, ([value]) => text(value).toUpperCase())],
  ["b64decode", byName(1, ([value]) => decodeBase64(text(value)))],
  ["json_parse", byName(1, ([value]) => JSON.parse(text(value)))],
  ["date", byName(1, ([value]) => toDate(value))],
  ["now", byName(0, (_, nowMs) => new Date(clock(nowMs)))],
  ["now_plus", byName(1, ([value], nowMs) => new Date(clock(nowMs) + toDuration(value).ms))],
  ["now_minus", byName(1, ([value], nowMs) => new Date(clock(nowMs) - toDuration(value).ms))],
]);

/** What a call on a wrong value throws; the caller makes it a value again. */
class CallFault extends Error {
  override readonly name = "CallFault";
}

export function callFunction(
  name: string,
  { call, takesUnknown }: ExpressionFunction,
  values: readonly Value[],
  nowMs: number | undefined,
): Value {
  for (const value of values) {
    if (value instanceof Fault || (value === UNKNOWN && !takesUnknown)) return false;
  }
  try {
    return call(values, nowMs);
  } catch (error) {
    if (error instanceof CallFault) return new Fault(`${name}(): ${error.message}`);
    if (error instanceof SyntaxError) return new Fault(`${name}(): the text is no JSON`);
    throw error;
  }
}

function sizeOf(value: Value): number {
  if (isNothing(value)) return 0;
  if (typeof value === "string") return [...value].length;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw new CallFault(`${typeName(value)} has no size`);
}

function substring(value: Value, start: Value, end?: Value): string {
  const chars = text(value);
  return chars.slice(number(start), end === undefined ? chars.length : number(end));
}

function text(value: Value): string {
  if (typeof value !== "string") throw new CallFault(`it needs a text, not ${typeName(value)}`);
  return value;
}

function number(value: Value): number {
  if (typeof value !== "number") throw new CallFault(`it needs a number, not ${typeName(value)}`);
  return value;
}

function list(value: Value): readonly unknown[] {
  if (!Array.isArray(value)) throw new CallFault(`it needs a list, not ${typeName(value)}`);
  return value;
}

function date(value: Value): Date {
  if (!(value instanceof Date)) throw new CallFault(`it needs a date, not ${typeName(value)}`);
  return value;
}

function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date) return value.getTime() / 1_000;
  const parsed = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  if (Number.isNaN(parsed)) throw new CallFault(`${describe(value)} is no number`);
  return parsed;
}

function toBoolean(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new CallFault(`${describe(value)} is neither true nor false`);
}

/** An ISO date, one without a zone in UTC, or a Unix time. */
function toDate(value: Value): Date {
  if (value instanceof Date) return value;
  if (typeof value === "number") {
    return validDate(Math.abs(value) < MILLISECONDS_FROM ? value * 1_000 : value, value);
  }
  const given = text(value).trim();
  return validDate(parseIsoDate(given) ?? parseIsoDate(`${given.replace(" ", "T")}Z`), value);
}

function validDate(ms: number | null, value: Value): Date {
  const result = new Date(ms ?? Number.NaN);
  if (Number.isNaN(result.getTime())) throw new CallFault(`${describe(value)} is no date`);
  return result;
}

function toDuration(value: Value): Duration {
  if (value instanceof Duration) return value;
  const given = text(value);
  const isNegative = given.startsWith("-");
  const ms = parseDurationMs(isNegative ? given.slice(1) : given);
  if (ms === null) throw new CallFault(`${describe(value)} is no duration`);
  return new Duration(isNegative ? -ms : ms);
}

function decodeBase64(encoded: string): string {
  return new TextDecoder().decode(Uint8Array.from(Buffer.from(encoded, "base64")));
}

function clock(nowMs: number | undefined): number {
  if (nowMs === undefined) throw new CallFault("there is no clock here");
  return nowMs;
}

/** Payloads are long and may hold secrets: a message quotes numbers, and of a text no more than its kind. */
function describe(value: Value): string {
  return typeof value === "number" ? String(value) : typeName(value);
}
