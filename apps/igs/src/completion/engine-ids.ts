import type { InngestApi } from "@system-bus/inngest-api";
import type { CliContext } from "../context.ts";

/** Nobody waits longer for a proposal. */
const ANSWER_WAIT_MAX_MS = 300;
const RUNS_MAX = 20;

/** The shell puts a proposal on its line as it is: ids with anything else in them are left out. */
const PLAIN_ID = /^\w[\w./-]*$/;

type EngineContext = Pick<CliContext, "env">;

export function proposeFunctionIds(this: EngineContext): Promise<readonly string[]> {
  return askEngine(this, async (api, signal) => {
    const functions = await api.listFunctions({ signal });
    return functions.map(({ id }) => id);
  });
}

/** The latest runs. */
export function proposeRunIds(this: EngineContext): Promise<readonly string[]> {
  return askEngine(this, async (api, signal) => {
    const { items } = await api.listRuns({ limit: RUNS_MAX, signal });
    return items.map(({ id }) => id);
  });
}

/** The engine that the settings name; nothing where it doesn't answer in time, or not at all. */
async function askEngine(
  context: EngineContext,
  ask: (api: InngestApi, signal: AbortSignal) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  try {
    const { connect } = await import("../connect.ts");
    const { api } = connect(context, {});
    const ids = await ask(api, AbortSignal.timeout(ANSWER_WAIT_MAX_MS));
    return ids.filter((id) => PLAIN_ID.test(id));
  } catch {
    // No message has a place in the middle of somebody's command line.
    return [];
  }
}
