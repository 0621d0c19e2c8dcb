import {
  type EndedProgram,
  ProgramRetry,
  type Programs,
  type StepTools,
} from "@system-bus/programs";
import { piArguments, piEnvironment, readPiAnswer } from "../adapters/pi.ts";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import { readFileIfAny } from "../files/atomic-write.ts";
import { asStep } from "../worker-error.ts";
import { readSummary, type Summary } from "./summary.ts";
import { agentPrompt } from "./summary-prompt.ts";
import {
  type ReadNote,
  type SummaryDeps,
  type WrittenSummary,
  writeModelSummary,
} from "./write-summary.ts";

export interface PiDeps extends SummaryDeps {
  readonly programs: Programs;
  readonly finder: ProgramFinder;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly piModel: string | undefined;
  readonly writingStyleSkill: string | undefined;
}

export interface PiRequest {
  readonly runId: string;
  readonly note: ReadNote;
  /** pi's executable. */
  readonly command: string;
  readonly wish: string | undefined;
}

export interface FailedSummary {
  readonly kind: "failed";
  readonly reason: string;
}

const MINUTE_MS = 60_000;
const STARTS_MAX = 5;
/** A model that failed twice on the same transcript fails a third time. */
const FAILURES_MAX = 2;

/** A pi session that reads the transcript, may look things up, and returns the sections. */
export function summarizeWithPi(
  step: StepTools,
  deps: PiDeps,
  { runId, note, command, wish }: PiRequest,
): Promise<WrittenSummary | FailedSummary> {
  return deps.programs.run<WrittenSummary | FailedSummary>(step, "pi-enrich", {
    runId,
    spec: {
      command,
      args: piArguments({
        prompt: agentPrompt({ ...note, wish }, deps.writingStyleSkill !== undefined),
        material: deps.claims.pathOf(note.material),
        model: deps.piModel,
        skill: deps.writingStyleSkill,
      }),
      env: piEnvironment(deps.env, deps.finder.searchPath),
      slot: "agent",
      wallClockMaxMs: 30 * MINUTE_MS,
      attemptsMax: STARTS_MAX,
    },
    read: (ended) => asStep(() => readPi(deps, note, ended)),
  });
}

async function readPi(
  deps: PiDeps,
  note: ReadNote,
  ended: EndedProgram,
): Promise<WrittenSummary | FailedSummary> {
  const answer = readPiAnswer((await readFileIfAny(ended.stdoutPath)) ?? "");
  const failed = async (reason: string): Promise<FailedSummary> => {
    const stderr = (await readFileIfAny(ended.stderrPath))?.trim().split("\n").at(-1) ?? "";
    const words = `pi failed: ${reason}${ended.exitCode === 0 || stderr === "" ? "" : ` (${stderr.slice(0, 300)})`}`;
    if (ended.attempt < FAILURES_MAX && ended.endedBy !== "wall-limit")
      throw new ProgramRetry(words);
    return { kind: "failed", reason: words };
  };
  if (ended.endedBy === "wall-limit") return failed("it was still at it after 30 minutes");
  if (answer.kind === "failed") return failed(answer.reason);
  const summary = readSummary(answer.text);
  if ("problem" in summary) return failed(`its answer ${summary.problem}`);
  return writeModelSummary(deps, note, {
    by: "pi",
    model: answer.model,
    summary: withOpenedPages(summary, answer.toolText),
  });
}

/** A page counts as read when its address went through one of the agent's tools. */
export function withOpenedPages(summary: Summary, toolText: string): Summary {
  return {
    ...summary,
    research: summary.research.filter(({ url }) => url !== "" && toolText.includes(url)),
  };
}
