import {
  type AgentFailure,
  type AgentFailureKind,
  type AgentName,
  agentProgram,
  readAgentResult,
} from "@system-bus/agents";
import {
  type EndedProgram,
  ProgramRetry,
  type Programs,
  type StepTools,
} from "@system-bus/programs";
import type { SummarySettings } from "@system-bus/settings";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import { asStep } from "../worker-error.ts";
import { readSummary, type Summary } from "./summary.ts";
import { agentPrompt } from "./summary-prompt.ts";
import {
  type ReadNote,
  type SummaryDeps,
  type WrittenSummary,
  writeModelSummary,
} from "./write-summary.ts";

export interface AgentDeps extends SummaryDeps {
  readonly programs: Programs;
  readonly finder: ProgramFinder;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly summary: Pick<SummarySettings, "agentModels" | "writingStyleSkill">;
}

export interface AgentSummaryRequest {
  readonly runId: string;
  readonly note: ReadNote;
  readonly name: AgentName;
  /** The agent's executable. */
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

/** A session of an agent that reads the transcript, may look things up, and returns the sections. */
export function summarizeWithAgent(
  step: StepTools,
  deps: AgentDeps,
  request: AgentSummaryRequest,
): Promise<WrittenSummary | FailedSummary> {
  const { runId, note, name, command, wish } = request;
  const { agentModels, writingStyleSkill } = deps.summary;
  const program = agentProgram(
    name,
    {
      command,
      prompt: agentPrompt({ ...note, wish }, writingStyleSkill !== undefined),
      materialPath: deps.claims.pathOf(note.material),
      permissions: "research",
      model: agentModels[name],
      skillPath: writingStyleSkill,
      folder: undefined,
      timeMaxMs: 30 * MINUTE_MS,
    },
    { env: deps.env, searchPath: deps.finder.searchPath },
  );
  return deps.programs.run<WrittenSummary | FailedSummary>(step, "pi-enrich", {
    runId,
    spec: { ...program, slot: "agent", attemptsMax: STARTS_MAX },
    read: (ended) => asStep(() => readAgent(deps, request, ended)),
  });
}

async function readAgent(
  deps: SummaryDeps,
  { note, name }: AgentSummaryRequest,
  ended: EndedProgram,
): Promise<WrittenSummary | FailedSummary> {
  const result = await readAgentResult(name, ended);
  const failed = (kind: AgentFailureKind, words: string): FailedSummary => {
    const reason = `${name} failed: ${words}`;
    if (ended.attempt < FAILURES_MAX && MAY_RETRY[kind]) throw new ProgramRetry(reason);
    return { kind: "failed", reason };
  };
  if (!result.ok) return failed(result.kind, describeFailure(result));
  const summary = readSummary(result.text);
  if ("problem" in summary) return failed("bad-output", `its answer ${summary.problem}`);
  return writeModelSummary(deps, note, {
    by: name,
    model: result.model ?? undefined,
    summary: withOpenedPages(summary, result.toolText),
  });
}

/** Whether the same agent may do better a moment later. */
const MAY_RETRY = {
  "not-installed": false,
  "not-logged-in": false,
  "rate-limited": false,
  "out-of-context": false,
  refused: false,
  "model-failed": true,
  crashed: true,
  "timed-out": false,
  "bad-output": true,
} as const satisfies Record<AgentFailureKind, boolean>;

function describeFailure(failure: AgentFailure): string {
  if (failure.kind !== "rate-limited" || failure.resetAt === null) return failure.reason;
  return `${failure.reason} (its limit ends at ${failure.resetAt})`;
}

/** A page counts as read when its address went through one of the agent's tools. */
export function withOpenedPages(summary: Summary, toolText: string): Summary {
  return {
    ...summary,
    research: summary.research.filter(({ url }) => url !== "" && toolText.includes(url)),
  };
}
