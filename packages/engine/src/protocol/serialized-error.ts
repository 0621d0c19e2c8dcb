import type { SerializedError } from "../core/outcome.ts";
import { isRecord } from "./record.ts";

/** Enough of an answer that is no JSON to recognise it by, and no more: it ends up in messages. */
const EXCERPT_CHARS_MAX = 300;

/**
 * Reads what an SDK sent as an error, whole and with the two fields that everyone relies on: `name` and
 * `message`. Protocol notes, section 1.4. Anything may be thrown, so anything has to be readable.
 */
export function readSerializedError(value: unknown): SerializedError {
  if (!isRecord(value)) return { name: "Error", message: describe(value) };
  const { stack, ...fields } = value;
  const error = {
    ...fields,
    name: textOr(value["name"], "Error"),
    message: textOr(value["message"], textOr(value["error"], excerpt(JSON.stringify(value)))),
  };
  return typeof stack === "string" ? { ...error, stack } : error;
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
