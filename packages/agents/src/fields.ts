// Reading parsed JSON by hand: the watcher of `capped/` lives beside each agent, and zod would add 12 MB
// and 20 ms to each.

export type Fields = Readonly<Record<string, unknown>>;

const NO_FIELDS: Fields = {};

/** Of one line; none when it isn't an object. */
export function parseFields(line: string): Fields {
  try {
    return asFields(JSON.parse(line));
  } catch {
    return NO_FIELDS;
  }
}

export function fieldsIn(fields: Fields, name: string): Fields {
  return asFields(fields[name]);
}

export function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : NO_FIELDS;
}

export function textIn(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === "string" ? value : null;
}

export function numberIn(fields: Fields, name: string): number | null {
  const value = fields[name];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
