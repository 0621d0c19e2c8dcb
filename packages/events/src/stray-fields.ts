// Why strays are found here and not by `z.strictObject`: an event has two doors. Where it is sent, a
// field that the schema does not know is a typing mistake and must be caught. Where it is received,
// the same field is harmless and refusing it would fail runs that were acknowledged: engines add
// `_inngest` to the data of an invoked function, which the SDK checks against the very same schema,
// and a stored event may be older or newer than the worker. So the schemas are loose, and the
// sending door looks for strays.

import { z } from "zod";

export interface StrayField {
  readonly path: readonly PropertyKey[];
  /** What the object may hold beside it: where a suggestion comes from. */
  readonly knownFields: readonly string[];
}

/** Fields at any depth that the schema does not know. Looks into objects and lists of them. */
export function findStrayFields(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly PropertyKey[] = [],
): readonly StrayField[] {
  if (schema instanceof z.ZodOptional) return findStrayFields(schema.unwrap(), value, path);
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.flatMap((item, index) => findStrayFields(schema.element, item, [...path, index]));
  }
  if (!(schema instanceof z.ZodObject) || !isRecord(value)) return [];
  const knownFields = Object.keys(schema.shape);
  return Object.entries(value).flatMap(([field, inner]) => {
    const innerSchema = Object.hasOwn(schema.shape, field) ? schema.shape[field] : undefined;
    if (innerSchema === undefined) return [{ path: [...path, field], knownFields }];
    return findStrayFields(innerSchema, inner, [...path, field]);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
