import { hasEnded, type Run, readSpanError } from "@system-bus/inngest-api";
import { formatDuration } from "../output/format-time.ts";
import type { Paint } from "../output/paint.ts";
import { plainText } from "../output/plain-text.ts";
import { paintStatus } from "../output/status-text.ts";
import { unwrapOutput } from "../trace/unwrap-output.ts";
import type { RunNode, StepNode } from "./run-tree.ts";
import { type BarPart, queueMsOf, spanOfTree, stepBar, type TimeSpan } from "./waterfall.ts";

const OUTPUT_TEXT_MAX = 200;
const NAME_COLUMNS_MAX = 40;
const BAR_COLUMNS_MAX = 60;
/** Below this a bar says nothing. */
const BAR_COLUMNS_MIN = 12;
const TIME_COLUMNS = 12;
/** A status's sign and the space after it. */
const SIGN_COLUMNS = 2;

export interface RenderOptions {
  readonly paint: Paint;
  readonly columnsMax: number;
  readonly nowMs: number;
}

interface Sheet extends RenderOptions {
  readonly span: TimeSpan;
  readonly nameColumns: number;
  readonly barColumns: number;
}

/** A run as a tree: each step with its time and its bar, below it its tries, its output, the run that it invoked. */
export function renderRun(node: RunNode, options: RenderOptions): string {
  const { paint, columnsMax, nowMs } = options;
  const nameColumns = Math.min(NAME_COLUMNS_MAX, Math.max(0, ...nameWidths(node, 1)));
  const left = columnsMax - nameColumns - 2 * TIME_COLUMNS - 4;
  const sheet: Sheet = {
    ...options,
    nameColumns,
    span: spanOfTree(node, nowMs),
    barColumns: left < BAR_COLUMNS_MIN ? 0 : Math.min(BAR_COLUMNS_MAX, left),
  };
  return [
    renderHead(node.run, options),
    paint.faint(
      `run ${node.run.id}  queued ${node.run.queuedAt}  event ${node.run.trigger.eventIds.join(", ") || "none"}`,
    ),
    ...renderEnd(node.run, paint, ""),
    ...renderScale(node, sheet),
    ...renderSteps(node, sheet, 1),
    ...(node.run.status === "COMPLETED" ? [`  → ${clipJson(node.run.output)}`] : []),
  ].join("\n");
}

function renderHead(run: Run, { paint, nowMs }: RenderOptions): string {
  const queuedMs = Date.parse(run.queuedAt);
  const startedMs = run.startedAt === undefined ? nowMs : Date.parse(run.startedAt);
  const isUnfinished = !hasEnded(run.status);
  const took =
    run.durationMs ?? (isUnfinished && run.startedAt !== undefined ? nowMs - startedMs : undefined);
  return [
    paint.strong(run.function.id),
    paintStatus(paint, run.status, run.status.toLowerCase()),
    ...(took === undefined ? [] : [formatDuration(took)]),
    paint.faint(`waited ${formatDuration(startedMs - queuedMs)} to begin`),
  ].join("  ");
}

function renderEnd(run: Run, paint: Paint, indent: string): readonly string[] {
  const error = readSpanError(run);
  return error ? [`${indent}${paint.bad(plainText(`${error.name}: ${error.message}`))}`] : [];
}

function renderScale({ steps }: RunNode, { span, nameColumns, barColumns, paint }: Sheet) {
  if (steps.length === 0) return [];
  const head = `${"".padEnd(nameColumns)}  ${"took".padStart(TIME_COLUMNS - 2)}  ${"queued".padStart(TIME_COLUMNS - 2)}`;
  const end = formatDuration(span.toMs - span.fromMs);
  const scale = barColumns === 0 ? "" : `  0${end.padStart(barColumns - 1)}`;
  return [paint.faint(`${head}${scale}`)];
}

function renderSteps({ steps }: RunNode, sheet: Sheet, depth: number): readonly string[] {
  return steps.flatMap((step) => renderStep(step, sheet, depth));
}

function renderStep(step: StepNode, sheet: Sheet, depth: number): readonly string[] {
  const { paint, span, barColumns, nameColumns } = sheet;
  const took = step.durationMs === undefined ? "" : formatDuration(step.durationMs);
  const queueMs = queueMsOf(step);
  const queued = queueMs === undefined ? "" : formatDuration(queueMs);
  const name = Bun.sliceAnsi(nameOf(step), 0, nameColumns - 2 * depth - SIGN_COLUMNS);
  const label = `${"  ".repeat(depth)}${paintStatus(paint, step.status, name)}`;
  const padding = " ".repeat(Math.max(0, nameColumns - Bun.stringWidth(label)));
  const bar = barColumns === 0 ? "" : `  ${paintBar(stepBar(step, span, barColumns), paint)}`;
  const indent = "  ".repeat(depth + 2);
  const times = `${took.padStart(TIME_COLUMNS - 2)}  ${paint.faint(queued.padStart(TIME_COLUMNS - 2))}`;
  const line = `${label}${padding}  ${times}${bar}`;
  return [
    line.trimEnd(),
    ...step.failedAttempts.map(({ error }, index) =>
      paint.bad(plainText(`${indent}try ${index + 1}: ${error.name}: ${error.message}`)),
    ),
    ...renderInvoked(step, sheet, depth),
    ...(isShown(step) ? [paint.faint(`${indent}→ ${clipJson(unwrapOutput(step.output))}`)] : []),
  ];
}

function renderInvoked({ invoked }: StepNode, sheet: Sheet, depth: number): readonly string[] {
  if (!invoked) return [];
  const { run } = invoked;
  const indent = "  ".repeat(depth + 1);
  return [
    `${indent}▸ ${renderHead(run, sheet)}  ${sheet.paint.faint(`run ${run.id}`)}`,
    ...renderEnd(run, sheet.paint, `${indent}  `),
    ...renderSteps(invoked, sheet, depth + 2),
  ];
}

/** What an invoked function returned stands below it already. */
function isShown({ status, output, invoked }: StepNode): boolean {
  const value = unwrapOutput(output);
  return status === "COMPLETED" && !invoked && value !== undefined && value !== null;
}

/** How wide each step's name is, with what stands before it. */
function nameWidths({ steps }: RunNode, depth: number): readonly number[] {
  return steps.flatMap((step) => [
    2 * depth + SIGN_COLUMNS + Bun.stringWidth(nameOf(step)),
    ...(step.invoked ? nameWidths(step.invoked, depth + 2) : []),
  ]);
}

const KINDS: Readonly<Record<string, string>> = {
  SLEEP: " (sleep)",
  WAIT_FOR_EVENT: " (waits for an event)",
  WAIT_FOR_SIGNAL: " (waits for a signal)",
  INVOKE: " (invokes)",
};

function nameOf({ name, op = "" }: StepNode): string {
  return `${plainText(name)}${KINDS[op] ?? ""}`;
}

function paintBar(parts: readonly BarPart[], paint: Paint): string {
  const styles = {
    none: (text: string) => text,
    queued: paint.faint,
    waiting: paint.pending,
    running: paint.good,
    failed: paint.bad,
  };
  return parts.map(({ kind, text }) => styles[kind](text)).join("");
}

function clipJson(output: unknown): string {
  const text = plainText(JSON.stringify(output) ?? "null");
  return text.length <= OUTPUT_TEXT_MAX ? text : `${text.slice(0, OUTPUT_TEXT_MAX - 1)}…`;
}
