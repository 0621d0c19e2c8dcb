import type { SerializedError } from "../core/outcome.ts";
import { isRecord } from "./record.ts";

/** Enough of an answer that is no JSON to recognise it by, and no more: it ends up in messages. */
const EXCERPT_CHARS_MAX = 300;
/** An error is kept for each attempt, and the last one is part of the run's state. */
const ERROR_CHARS_MAX = 256 * 1024;
const CUT_CHARS_MAX = 16 * 1024;

/**
 * Reads what an SDK sent as an error, whole and with the two fields that everyone relies on: `name` and
 * `message`. Protocol notes, section 1.4. Anything may be thrown, so anything has to be readable.
 */
export function readSerializedError(value: unknown): SerializedError {
  const error = readWhole(value);
  return JSON.stringify(error).length <= ERROR_CHARS_MAX ? error : cut(error);
}

function readWhole(value: unknown): SerializedError {
  if (!isRecord(value)) return { name: "Error", message: describe(value) };
  const { stack, ...fields } = value;
  const error = {
    ...fields,
    name: textOr(value["name"], "Error"),
    message: textOr(value["message"], textOr(value["error"], excerpt(JSON.stringify(value)))),
  };
  return typeof stack === "string" ? { ...error, stack } : error;
}

/** What a person needs of an error that carries too much: some put a whole answer into their message. */
function cut({ name, message, stack }: SerializedError): SerializedError {
  const brief = { name: start(name), message: start(message) };
  return stack === undefined ? brief : { ...brief, stack: start(stack) };
}

function start(text: string): string {
  return text.length <= CUT_CHARS_MAX ? text : `${text.slice(0, CUT_CHARS_MAX)}…`;
}

export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= EXCERPT_CHARS_MAX ? line : `${line.slice(0, EXCERPT_CHARS_MAX)}…`;
}

function describe(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  if (value === null || value === undefined || value === "") return "Unknown error";
  return excerpt(JSON.stringify(value));
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === "string" && value.trim() !== "" ? value : fallback;
}
