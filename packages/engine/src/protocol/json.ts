/** `JSON.stringify` overflows the stack some ten thousand levels down; nothing real goes this deep. */
export const JSON_DEPTH_MAX = 1_000;

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** Reads text from outside. What it lets in can be written again: `JSON.parse` alone takes any depth. */
export function parseJson(text: string): JsonReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: `no JSON (${error instanceof Error ? error.message : error})` };
  }
  if (isDeeperThan(value, JSON_DEPTH_MAX)) {
    return { ok: false, problem: `nested more than ${JSON_DEPTH_MAX} levels deep` };
  }
  return { ok: true, value };
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeperThan(item, levels - 1));
  for (const key in value) {
    // `value` came from JSON, so that it has no keys but its own; a lookup by its own key is sound.
    if (isDeeperThan((value as Record<string, unknown>)[key], levels - 1)) return true;
  }
  return false;
}
