import { findJsonFault } from "./json-fault.ts";

type JsonObject = Readonly<Record<string, unknown>>;

export type ReadJson =
  | { readonly kind: "ok"; readonly value: JsonObject }
  | { readonly kind: "problem"; readonly message: string };

/** Reads what a person typed as an event's data: an object, or nothing at all, which is `{}`. */
export function readJsonObject(text: string): ReadJson {
  if (text.trim() === "") return { kind: "ok", value: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "problem", message: describeFault(text) };
  }
  if (isObject(value)) return { kind: "ok", value };
  return { kind: "problem", message: 'The data has to be an object: { "name": value }.' };
}

function describeFault(text: string): string {
  const fault = findJsonFault(text);
  if (fault === null) return "Not valid JSON.";
  return `Not valid JSON: in line ${fault.line}, column ${fault.column}, ${fault.expected}.`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
