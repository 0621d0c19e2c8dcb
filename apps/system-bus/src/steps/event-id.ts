import { createHash } from "node:crypto";

/**
 * An event's id, made of what the event is about: the same parts give the same id, and the engine
 * takes one id once. The first part stays readable.
 */
export function eventId(name: string, ...parts: readonly string[]): string {
  return `${name}:${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32)}`;
}
