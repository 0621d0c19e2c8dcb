import { type CommonFlags, createAction } from "../action.ts";
import { describeCost } from "../loop/describe-amounts.ts";
import { type ListedLoop, listLoops } from "../loop/find-loop.ts";
import { listLoopFolders } from "../loop/loop-folders.ts";
import { loopWord, paintLoopStatus } from "../loop/loop-status-text.ts";
import type { NextAction } from "../output/envelope.ts";
import { formatAge, formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { renderTable } from "../output/table.ts";

export interface LoopListFlags extends CommonFlags {
  readonly limit: number;
}

export const loopList = createAction<LoopListFlags>(
  "loop list",
  async ({ io, context }, { limit }) => {
    const nowMs = Date.now();
    const listed = await listLoops(listLoopFolders(context), nowMs);
    const shown = listed.slice(0, limit);
    return {
      result: { loops: shown.map(summarize) },
      text:
        shown.length === 0
          ? "No loop has begun on this machine. `igs loop start --prd prd.json` starts one."
          : renderList(shown, io, nowMs),
      nextActions: nextActionsFor(shown),
    };
  },
);

function summarize({ named, loop, problem }: ListedLoop) {
  const { loopId, mode } = named;
  if (loop === null) return { loopId, mode, problem };
  const { state, spent, prd } = loop;
  return {
    ...{ loopId, mode, title: prd.title, status: state.status },
    outcome: state.ended?.outcome ?? null,
    project: state.begun.project,
    stories: state.stories.length,
    passed: countPassed(loop),
    begunAt: state.begun.at,
    elapsedMs: state.elapsedMs,
    costUsd: spent.costUsd,
  };
}

export function renderList(
  listed: readonly ListedLoop[],
  { paint, columnsMax }: Pick<Io, "paint" | "columnsMax">,
  nowMs: number,
): string {
  const rows = listed.map(({ named, loop, problem }) => {
    if (loop === null) return [named.loopId, paint.bad("✗ damaged"), "", "", "", "", problem ?? ""];
    const { state, spent } = loop;
    return [
      named.loopId,
      paintLoopStatus(paint, state),
      `${countPassed(loop)}/${state.stories.length}`,
      formatAge(Date.parse(state.begun.at), nowMs),
      formatDuration(state.elapsedMs),
      describeCost(spent.costUsd),
      state.begun.project,
    ];
  });
  const header = ["LOOP", "STATUS", "PASSED", "BEGUN", "TIME", "COST", "PROJECT"];
  return renderTable(header, rows, { columnsMax, styleHeader: paint.faint });
}

function countPassed({ state }: NonNullable<ListedLoop["loop"]>): number {
  return state.stories.filter(({ status }) => status === "passed").length;
}

function nextActionsFor(listed: readonly ListedLoop[]): readonly NextAction[] {
  const damaged = listed.find(({ loop }) => loop === null);
  const [first] = listed;
  if (!first) {
    return [{ command: "igs loop start --prd prd.json", description: "Start one" }];
  }
  const isOver = (one: ListedLoop) => one.loop !== null && one.loop.state.ended !== null;
  const word = first.loop === null ? "damaged" : loopWord(first.loop.state);
  return [
    {
      command: `igs loop status ${first.named.loopId}`,
      description: `The latest one, which is ${word}`,
    },
    ...(damaged
      ? [
          {
            command: `igs loop diagnose ${damaged.named.loopId}`,
            description: "What is wrong with its record",
          },
        ]
      : []),
    ...(listed.some(isOver)
      ? [{ command: "igs loop clean", description: "Remove what those that are over left behind" }]
      : []),
  ];
}
