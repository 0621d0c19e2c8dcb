import type { LogEntry } from "@system-bus/system-log";
import type { Paint } from "../output/paint.ts";
import { plainText } from "../output/plain-text.ts";

/** One line: local time, what was done with what, and what came of it. */
export function renderEntry(entry: LogEntry, paint: Paint): string {
  const at = new Date(entry.timestamp).toLocaleString("sv-SE");
  const [action, tool, detail] = [entry.action, entry.tool, entry.detail].map(plainText);
  const reason = entry.reason ? paint.faint(`  (${plainText(entry.reason)})`) : "";
  return `${paint.faint(at)}  ${paint.strong(action ?? "")} ${tool}  ${detail}${reason}`;
}
