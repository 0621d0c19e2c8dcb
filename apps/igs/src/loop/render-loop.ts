import type { LoadedLoop } from "@system-bus/loops";
import { formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { plainText } from "../output/plain-text.ts";
import { renderTable } from "../output/table.ts";
import { describeCost, describeTokens } from "./describe-amounts.ts";
import { describeWait } from "./describe-wait.ts";
import type { LoopActivity } from "./loop-programs.ts";
import { paintLoopStatus, paintStoryStatus } from "./loop-status-text.ts";
import { type StoryLine, storyLines } from "./story-lines.ts";

const TITLE_MAX = 44;

export interface LoopScreen {
  readonly paint: Io["paint"];
  readonly columnsMax?: number | undefined;
  /** How many stories the table may show; those around the one at work come first. */
  readonly storiesMax?: number | undefined;
}

export interface SeenLoop {
  readonly loop: LoadedLoop;
  /** Null where engine and worker were not asked. */
  readonly activity: LoopActivity | null;
  readonly nowMs: number;
  /** What the running agent said last. */
  readonly lastWords?: string | null | undefined;
}

/** Head, table of stories, what it waits for: the whole of `igs loop status`. */
export function renderLoop(seen: SeenLoop, screen: LoopScreen): string {
  const { loop, activity, nowMs, lastWords } = seen;
  const { paint } = screen;
  const wait = describeWait(loop, activity, nowMs);
  const next = wait.nextActions[0];
  const words = lastWords ? [paint.faint(`  ${clip(lastWords, screen.columnsMax)}`)] : [];
  return [
    ...renderHead(loop, screen),
    "",
    renderStories(storyLines(loop, nowMs), screen),
    "",
    plainText(wait.text),
    ...words,
    ...(next ? [`${paint.faint("next:")} ${next.command}  ${paint.faint(next.description)}`] : []),
  ].join("\n");
}

function renderHead({ state, prd, spent }: LoadedLoop, { paint }: LoopScreen): readonly string[] {
  const { begun, caps } = state;
  return [
    `${paint.strong(state.loopId)}  ${paintLoopStatus(paint, state)}  ${plainText(prd.title)}`,
    paint.faint(`project  ${begun.project}  ${begun.branch} from ${begun.baseBranch}`),
    `spent    ${describeSpent({ state, spent })}`,
    paint.faint(
      `caps     ${caps.attemptsMax} attempts a story, ${formatDuration(caps.agentTimeMaxMs)} an agent's run, agents ${begun.tools.join(", ")}${begun.docker ? ", in containers" : ""}`,
    ),
  ];
}

/** `12 min 03 s of 12 h 00 min · 3 of 100 iterations · 12.3k tokens · 0.42 of 20.00 USD`. */
export function describeSpent({ state, spent }: Pick<LoadedLoop, "state" | "spent">): string {
  const { caps, elapsedMs, iteration } = state;
  const tokens = describeTokens(spent.inputTokens + spent.outputTokens);
  const money =
    caps.costMaxUsd === null
      ? describeCost(spent.costUsd)
      : `${describeCost(spent.costUsd)} of ${describeCost(caps.costMaxUsd)}`;
  return [
    `${formatDuration(elapsedMs)} of ${formatDuration(caps.wallClockMaxMs)}`,
    `${iteration} of ${caps.iterationsMax} iterations`,
    `${tokens}${caps.tokensMax === null ? "" : ` of ${describeTokens(caps.tokensMax)}`} tokens`,
    `${money}${spent.unpricedRuns === 0 ? "" : ` (and ${spent.unpricedRuns} ${spent.unpricedRuns === 1 ? "run" : "runs"} whose price is not known)`}`,
  ].join(" · ");
}

function renderStories(lines: readonly StoryLine[], screen: LoopScreen): string {
  const shown = aroundActive(lines, screen.storiesMax ?? lines.length);
  const rows = shown.map((line) => [
    line.id,
    paintStoryStatus(screen.paint, line.status),
    line.attempt === 0 ? "" : String(line.attempt),
    line.tool ?? "",
    line.role ?? "",
    line.elapsedMs === 0 ? "" : formatDuration(line.elapsedMs),
    line.tokens === 0 ? "" : describeTokens(line.tokens),
    line.tokens === 0 ? "" : describeCost(line.costUsd),
    clip(plainText(line.title), TITLE_MAX),
  ]);
  const header = ["STORY", "STATUS", "ATTEMPT", "TOOL", "NOW", "TIME", "TOKENS", "COST", "TITLE"];
  const { columnsMax, paint } = screen;
  const table = renderTable(header, rows, { columnsMax, styleHeader: paint.faint });
  const hidden = lines.length - shown.length;
  return hidden === 0 ? table : `${table}\n${paint.faint(`… and ${hidden} more stories`)}`;
}

/** A screen has few lines: those before and after the story at work. */
function aroundActive(lines: readonly StoryLine[], countMax: number): readonly StoryLine[] {
  if (lines.length <= countMax) return lines;
  const found = lines.findIndex(({ status }) => status === "active");
  const active = Math.max(found, 0);
  const first = Math.min(Math.max(0, active - Math.floor(countMax / 2)), lines.length - countMax);
  return lines.slice(first, first + countMax);
}

function clip(text: string, columnsMax: number | undefined): string {
  const line = text.replaceAll(/\s+/g, " ");
  if (columnsMax === undefined || Bun.stringWidth(line) <= columnsMax) return line;
  return `${Bun.sliceAnsi(line, 0, Math.max(0, columnsMax - 1))}…`;
}
