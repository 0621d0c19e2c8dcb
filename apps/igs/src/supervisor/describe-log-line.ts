import { z } from "zod";
import { parseJson } from "../parse-json.ts";

/** A line of a JSON logger, such as pino's. */
const LogLineSchema = z.looseObject({
  level: z.union([z.string(), z.number()]),
  msg: z.string().optional(),
  message: z.string().optional(),
});

const PINO_LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

const NOISE: ReadonlySet<string> = new Set(["level", "msg", "message", "time", "pid", "hostname"]);
const FIELD_CHARS_MAX = 200;

/** A JSON log line in words; any other line as it is. */
export function describeLogLine(line: string): string {
  if (!line.startsWith("{")) return line;
  const parsed = LogLineSchema.safeParse(parseJson(line));
  if (!parsed.success) return line;
  const { level, msg, message } = parsed.data;
  const fields = Object.entries(parsed.data)
    .filter(([name]) => !NOISE.has(name))
    .map(([name, value]) => `${name}=${clip(value)}`);
  const name = typeof level === "number" ? (PINO_LEVELS[level] ?? String(level)) : level;
  return [name, msg ?? message ?? "", ...fields].filter((part) => part !== "").join(" ");
}

function clip(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length <= FIELD_CHARS_MAX ? text : `${text.slice(0, FIELD_CHARS_MAX - 1)}…`;
}
