import type { Paint } from "../output/paint.ts";
import type { CheckId, CheckResult } from "./check-result.ts";

const LABELS: Readonly<Record<CheckId, string>> = {
  dashboard: "dashboard",
  worker: "worker",
  "test-event": "test event",
  "worker-killed": "worker killed",
  "engine-restarted": "engine restarted",
  daemon: "daemon",
};

const LABEL_WIDTH = Math.max(...Object.values(LABELS).map((label) => label.length));

/** One check as a line, and what to do about it where there is something to do. */
export function renderCheck(result: CheckResult, paint: Paint): string {
  const { id, state, text, cure } = result;
  const label = LABELS[id].padEnd(LABEL_WIDTH);
  if (state === "well") return `${paint.good("✓")} ${label}  ${text}`;
  const indent = " ".repeat(LABEL_WIDTH + 4);
  const cureLine = cure === null ? "" : `\n${indent}${paint.faint(cure)}`;
  if (state === "failed") return `${paint.bad("✗")} ${label}  ${text}${cureLine}`;
  return `${paint.faint("–")} ${label}  ${paint.faint("not checked:")} ${text}${cureLine}`;
}

export function renderWait(id: CheckId, text: string): string {
  return `… ${LABELS[id].padEnd(LABEL_WIDTH)}  ${text}`;
}

/** `5 well, 1 not checked`. */
export function summarizeChecks(results: readonly CheckResult[]): string {
  const count = (state: CheckResult["state"]) =>
    results.filter((result) => result.state === state).length;
  const parts = [
    [count("well"), "well"],
    [count("failed"), "failed"],
    [count("not-checked"), "not checked"],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return told.join(", ") || "nothing was checked";
}
