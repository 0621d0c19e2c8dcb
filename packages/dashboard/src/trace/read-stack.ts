const CHARS_MAX = 20_000;

/** The stack of a failed span's output. It lies plain in the output, or under `error`. */
export function readStack(output: unknown): string | undefined {
  const stack = readField(output, "stack") ?? readField(readField(output, "error"), "stack");
  return typeof stack === "string" && stack !== "" ? stack.slice(0, CHARS_MAX) : undefined;
}

function readField(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
