// Readers of parsed JSON, by hand and not with zod because the supervisor loads them, too: one such
// process lives beside each program, and zod would add 12 MB and 20 ms to each.

export type Fields = Readonly<Record<string, unknown>>;

export function readObject(value: unknown): Fields {
  if (typeof value !== "object" || value === null) throw new Error("an object is missing");
  return { ...value };
}

export function readString(fields: Fields, name: string): string {
  return asString(fields[name], name);
}

export function readNumber(fields: Fields, name: string): number {
  return asNumber(fields[name], name);
}

export function readList(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new Error(`${name} is no list`);
  return value;
}

export function readNullable<T>(
  fields: Fields,
  name: string,
  read: (fields: Fields, name: string) => T,
): T | null {
  return fields[name] === null ? null : read(fields, name);
}

export function asString(value: unknown, name: string | number = "item"): string {
  if (typeof value !== "string") throw new Error(`${name} is no text`);
  return value;
}

export function asNumber(value: unknown, name: string | number = "item"): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`${name} is no number`);
  return value;
}
