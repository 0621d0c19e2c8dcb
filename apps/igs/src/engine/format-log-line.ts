import type { LogLine } from "@system-bus/engine";

/** One line of the engine's log, such as `warn app is down url=http://…`. */
export function formatLogLine({ level, message, ...fields }: LogLine): string {
  const words = Object.entries(fields).map(([name, value]) => `${name}=${formatValue(value)}`);
  return [level, message, ...words].join(" ").replaceAll("\n", "\\n");
}

function formatValue(value: unknown): string {
  if (typeof value === "string") return value;
  // An error's own fields are none that JSON would see.
  if (value instanceof Error) return value.stack ?? value.message;
  return JSON.stringify(value) ?? "undefined";
}
