import type { AttemptLine } from "@system-bus/loops";
import { type CommonFlags, createAction } from "../action.ts";
import { describeCost, describeTokens } from "../loop/describe-amounts.ts";
import { getLoop, getLoopId } from "../loop/find-loop.ts";
import { listLoopFolders } from "../loop/loop-folders.ts";
import { getStory } from "../loop/story-of.ts";
import { formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { plainCopy } from "../output/plain-text.ts";
import { renderTable } from "../output/table.ts";

export interface LoopAttemptsFlags extends CommonFlags {
  readonly story?: string;
}

export const loopAttempts = createAction<LoopAttemptsFlags, [string]>(
  "loop attempts",
  async ({ io, context }, { story }, given) => {
    const named = await getLoopId(listLoopFolders(context), given);
    const loop = await getLoop(named, Date.now());
    if (story !== undefined) getStory(loop, story);
    const attempts = loop.attempts.filter((line) => story === undefined || line.storyId === story);
    return {
      result: { loopId: named.loopId, attempts, spent: loop.spent },
      text: attempts.length === 0 ? "No agent has run yet." : renderAttempts(attempts, io),
      nextActions: [
        { command: `igs loop logs ${named.loopId}`, description: "What the agents said and did" },
      ],
    };
  },
);

export function renderAttempts(
  attempts: readonly AttemptLine[],
  { paint, columnsMax }: Pick<Io, "paint" | "columnsMax">,
): string {
  const rows = plainCopy(attempts).map((line) => {
    const about = [localTime(line.at), line.storyId, String(line.attempt), line.tool];
    if (line.type === "verdict") {
      const failing = line.failingTests.length === 0 ? [] : [line.failingTests.join("; ")];
      const why = [...line.reasons, ...failing].join(" ");
      return [...about, "verdict", paintVerdict(line.verdict, paint), "", "", "", why];
    }
    const tokens = describeTokens(line.inputTokens + line.outputTokens);
    const cost = line.costUsd === null ? "?" : describeCost(line.costUsd);
    const end = line.end === "ok" ? paint.good(line.end) : paint.bad(line.end);
    const why = [line.model, line.reason].filter((part) => part !== null).join(": ");
    return [...about, line.role, end, formatDuration(line.durationMs), tokens, cost, why];
  });
  const header = [
    ...["AT", "STORY", "ATTEMPT", "TOOL", "ROLE", "END"],
    ...["TOOK", "TOKENS", "COST", "MODEL, REASONS"],
  ];
  return renderTable(header, rows, { columnsMax, styleHeader: paint.faint });
}

function paintVerdict(verdict: string, paint: Io["paint"]): string {
  if (verdict === "PASS") return paint.good(verdict);
  return verdict === "FAIL" ? paint.bad(verdict) : paint.pending(verdict);
}

function localTime(at: string): string {
  return new Date(at).toLocaleString("sv-SE");
}
