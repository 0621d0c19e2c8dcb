// Bars of characters on one time line. Pure.

import type { RunNode, StepNode } from "./run-tree.ts";

export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** `queued`: due, or between two tries. `waiting`: on an event, a time or another run. */
type CellKind = "none" | "queued" | "waiting" | "running" | "failed";

/** Pieces of the same kind, from left to right. */
export interface BarPart {
  readonly kind: CellKind;
  readonly text: string;
}

const MARKS = {
  none: " ",
  queued: "░",
  waiting: "─",
  running: "█",
  failed: "█",
} as const satisfies Record<CellKind, string>;

/** A time line of no length would divide by nothing. */
const LENGTH_MIN_MS = 1;

/** From the first moment that is known of a run and of those that it invokes to the last, or to now. */
export function spanOfTree(node: RunNode, nowMs: number): TimeSpan {
  const times = timesOf(node);
  const fromMs = Math.min(...times, nowMs);
  const last = node.run.endedAt === undefined ? nowMs : Math.max(...times, fromMs);
  return { fromMs, toMs: Math.max(last, fromMs + LENGTH_MIN_MS) };
}

function timesOf({ run, steps }: RunNode): readonly number[] {
  const own = [
    run.queuedAt,
    run.endedAt,
    ...steps.flatMap((step) => [step.queuedAt, step.endedAt]),
  ];
  const below = steps.flatMap(({ invoked }) => (invoked ? timesOf(invoked) : []));
  return [...own.flatMap(readMs), ...below];
}

interface Piece extends TimeSpan {
  readonly kind: CellKind;
}

/** The bar of one step, `columns` wide. */
export function stepBar(step: StepNode, span: TimeSpan, columns: number): readonly BarPart[] {
  const pieces = isWait(step) ? waitPieces(step, span) : attemptPieces(step, span);
  const cells: CellKind[] = Array.from({ length: columns }, () => "none");
  const columnOf = (atMs: number) => ((atMs - span.fromMs) / (span.toMs - span.fromMs)) * columns;
  // What ran is drawn over what waited: the shortest try takes one column.
  for (const { kind, fromMs, toMs } of pieces.toSorted((a, b) => rank(a.kind) - rank(b.kind))) {
    const first = Math.min(columns - 1, Math.max(0, Math.floor(columnOf(fromMs))));
    const end = Math.min(columns, Math.max(first + 1, Math.round(columnOf(toMs))));
    cells.fill(kind, first, end);
  }
  return joinCells(cells);
}

function attemptPieces(step: StepNode, span: TimeSpan): readonly Piece[] {
  const pieces: Piece[] = [];
  let [endMs] = readMs(step.queuedAt);
  for (const attempt of step.attempts) {
    const [startMs] = readMs(attempt.startedAt);
    if (startMs === undefined) continue;
    if (endMs !== undefined && startMs > endMs) {
      pieces.push({ kind: "queued", fromMs: endMs, toMs: startMs });
    }
    const [toMs = span.toMs] = readMs(attempt.endedAt);
    pieces.push({
      kind: attempt.status === "FAILED" ? "failed" : "running",
      fromMs: startMs,
      toMs,
    });
    endMs = toMs;
  }
  if (step.endedAt === undefined && endMs !== undefined && endMs < span.toMs) {
    pieces.push({ kind: "queued", fromMs: endMs, toMs: span.toMs });
  }
  return pieces;
}

function waitPieces(step: StepNode, span: TimeSpan): readonly Piece[] {
  const [fromMs] = readMs(step.startedAt ?? step.queuedAt);
  if (fromMs === undefined) return [];
  const [toMs = span.toMs] = readMs(step.endedAt);
  return [{ kind: step.status === "FAILED" ? "failed" : "waiting", fromMs, toMs }];
}

const WAITS = ["SLEEP", "WAIT_FOR_EVENT", "WAIT_FOR_SIGNAL", "INVOKE"];

function isWait({ op }: StepNode): boolean {
  return op !== undefined && WAITS.includes(op);
}

function rank(kind: CellKind): number {
  return kind === "queued" || kind === "waiting" ? 0 : 1;
}

function joinCells(cells: readonly CellKind[]): readonly BarPart[] {
  const parts: { kind: CellKind; text: string }[] = [];
  for (const kind of cells) {
    const last = parts.at(-1);
    if (last?.kind === kind) last.text += MARKS[kind];
    else parts.push({ kind, text: MARKS[kind] });
  }
  return parts;
}

/** How long the step was due before it ran, over all of its tries; undefined where nothing tells. */
export function queueMsOf(step: StepNode): number | undefined {
  const told = step.attempts.flatMap(({ queueMs }) => (queueMs === undefined ? [] : queueMs));
  if (told.length > 0) return told.reduce((sum, ms) => sum + ms, 0);
  const [queuedMs] = readMs(step.queuedAt);
  const [startedMs] = readMs(step.startedAt);
  return queuedMs === undefined || startedMs === undefined ? undefined : startedMs - queuedMs;
}

function readMs(moment: string | undefined): readonly number[] {
  const ms = Date.parse(moment ?? "");
  return Number.isNaN(ms) ? [] : [ms];
}
