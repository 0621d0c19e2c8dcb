import { join } from "node:path";
import { z } from "zod";
import { SystemLogError } from "./system-log-error.ts";

/** A line that is longer did not come from here. Bounds what a reader holds in memory. */
export const LINE_BYTES_MAX = 256 * 1024;

const word = z
  .string()
  .max(100)
  .regex(/\S/, "must not be blank")
  .regex(/^[^\p{Cc}]*$/u, "must be one line");
const sentences = z.string().max(20_000).regex(/\S/, "must not be blank");

/** One line of the system log. Unknown fields on a line are tolerated and left out. */
export const logEntrySchema = z.object({
  timestamp: z.iso.datetime({ offset: true, error: "must be an ISO 8601 moment with its zone" }),
  /** What was done: a verb. */
  action: word,
  /** With what, or to what. */
  tool: word,
  detail: sentences,
  reason: sentences.optional(),
  /** The event it tells of: one event makes one line, however often it is delivered. */
  eventId: z.string().min(1).max(512).optional(),
});

export type LogEntry = Readonly<z.output<typeof logEntrySchema>>;

/** Where the log of a vault lies. */
export function systemLogPath(vault: string): string {
  return join(vault, "system", "system-log.jsonl");
}

/** The entry as the file holds it, newline included. */
export function formatLine(entry: LogEntry): string {
  const parsed = z.strictObject(logEntrySchema.shape).safeParse(entry);
  if (!parsed.success) {
    throw new SystemLogError(
      "ENTRY_INVALID",
      `This entry cannot be logged: ${describeIssues(parsed.error)}`,
    );
  }
  return `${JSON.stringify(parsed.data)}\n`;
}

export type ReadLine =
  | { readonly kind: "entry"; readonly entry: LogEntry }
  | { readonly kind: "blank" }
  | { readonly kind: "malformed"; readonly reason: string };

/** Reads one line as it lies in the file, without its newline. */
export function readLine(bytes: Uint8Array): ReadLine {
  if (bytes.length > LINE_BYTES_MAX) return malformed(`is longer than ${LINE_BYTES_MAX} bytes`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    return malformed("is not UTF-8");
  }
  if (text === "") return { kind: "blank" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed("is not JSON: torn, or written by hand");
  }
  const parsed = logEntrySchema.safeParse(value);
  if (!parsed.success) return malformed(describeIssues(parsed.error));
  return { kind: "entry", entry: parsed.data };
}

function malformed(reason: string): ReadLine {
  return { kind: "malformed", reason };
}

function describeIssues(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ");
}
