import { InngestApiError } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { loadPrograms } from "../follow/program-feed.ts";
import type { NextAction } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import { answers } from "../why/answers.ts";
import { explainEvent } from "../why/explain-event.ts";
import { explainRun } from "../why/explain-run.ts";
import type { Finding } from "../why/finding.ts";
import { gatherStory } from "../why/gather-chain.ts";
import { gatherEvent } from "../why/gather-event.ts";
import { gatherSurroundings, type WhyDeps } from "../why/gather-run.ts";
import { renderFindings } from "../why/render-findings.ts";

export const why = createAction<ConnectionFlags, [string]>(
  "why",
  async ({ io, context }, flags, id) => {
    const { api, settings } = connect(context, flags);
    const signal = context.listenForStop();
    const { workerOrigin } = settings;
    const deps: WhyDeps = { api, signal, loadPrograms: () => loadPrograms(workerOrigin), answers };
    io.status("looking …");
    const findings = await explain(deps, id).catch((error) => {
      throw signal.aborted ? stopped(error) : error;
    });
    const paragraph = renderFindings(findings, Date.now());
    return {
      result: { id, findings, paragraph },
      text: paragraph,
      nextActions: nextActions(findings),
    };
  },
);

/** A run's id is tried first: ids of runs and events look the same. */
async function explain(deps: WhyDeps, id: string): Promise<readonly Finding[]> {
  const { api, signal } = deps;
  const run = await orUnknown(api.getRun(id, { signal }));
  if (run !== null) return explainRun(await gatherStory(deps, await gatherSurroundings(deps), id));
  const event = await orUnknown(api.getEvent(id, { signal }));
  if (event !== null) {
    const around = await gatherSurroundings(deps);
    return explainEvent(await gatherEvent(deps, around, event, Date.now()));
  }
  throw new CliError({
    code: "not-found",
    message: `The engine knows neither a run nor an event ${id}.`,
    fix: "`igs runs` and `igs events` list those that there are; what is over is kept for a while only.",
  });
}

/** A server that fails is told as such: it may know the id. */
async function orUnknown<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof InngestApiError && error.code === "not-found") return null;
    throw error;
  }
}

function stopped(cause: unknown): CliError {
  const message = "Stopped looking; nothing was changed.";
  return new CliError({ code: "interrupted", message, fix: "Ask again." }, { cause });
}

function nextActions(findings: readonly Finding[]): readonly NextAction[] {
  const actions = findings.flatMap((finding): NextAction[] => {
    if (finding.kind === "failed" || finding.kind === "skipped") {
      return [{ command: finding.rerun, description: `Run ${finding.functionId} again` }];
    }
    if (finding.kind === "function-paused" || finding.kind === "listener-paused") {
      const command = `igs functions resume ${finding.functionId}`;
      return [{ command, description: "Let it start runs again" }];
    }
    if (finding.kind === "started-runs") {
      return finding.runIds.map((runId) => ({
        command: `igs why ${runId}`,
        description: "What became of it",
      }));
    }
    return [];
  });
  const [first] = findings;
  const look =
    first && "runId" in first
      ? { command: `igs run ${first.runId}`, description: "Its steps, attempts and errors" }
      : { command: "igs functions", description: "What listens for which event" };
  return [...actions, look];
}
