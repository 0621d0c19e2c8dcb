import {
  createInngestApi,
  type InngestApi,
  type Run,
  type TraceSpan,
} from "@system-bus/inngest-api";

/** What an engine holds at one moment, as far as following reads it. */
export interface EngineState {
  readonly events: Readonly<Record<string, { name: string; runIds: readonly string[] }>>;
  readonly runs: Readonly<Record<string, { run: Run; root: TraceSpan }>>;
  readonly triggers: readonly string[];
  /** Answers nothing at all. */
  readonly isDown?: boolean;
}

export interface ScriptedEngine {
  readonly api: InngestApi;
  state: EngineState;
  readonly asked: string[];
}

/** The real client over an engine that is a plain object: a test moves it from state to state. */
export function createScriptedEngine(first: EngineState): ScriptedEngine {
  const asked: string[] = [];
  const fetch = async (url: string): Promise<Response> => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    if (engine.state.isDown) throw new TypeError("connection refused");
    const body = answer(engine.state, pathname);
    if (body !== undefined) return Response.json({ data: body });
    return Response.json({ errors: [{ message: "not found" }] }, { status: 404 });
  };
  const engine: ScriptedEngine = {
    api: createInngestApi({ baseUrl: "http://engine", fetch }),
    state: first,
    asked,
  };
  return engine;
}

function answer(state: EngineState, pathname: string): unknown {
  const [, , kind, id = "", part] = pathname.replace("/api/v2", "/v2").split("/");
  if (kind === "apps" && id === "") return [{ id: "bus", name: "bus" }];
  if (kind === "apps") {
    const triggers = state.triggers.map((value) => ({ type: "EVENT", value }));
    return triggers.map((trigger, index) => ({
      id: `fn-${index}`,
      name: `fn-${index}`,
      app: { id: "bus" },
      triggers: [trigger],
    }));
  }
  if (kind === "events") return eventAnswer(state, id, part);
  const found = state.runs[id];
  return part === "trace" ? found && { rootSpan: found.root } : found?.run;
}

function eventAnswer(state: EngineState, id: string, part: string | undefined): unknown {
  const event = state.events[id];
  if (!event) return undefined;
  if (part === "runs") return event.runIds.flatMap((runId) => state.runs[runId]?.run ?? []);
  return {
    internal_id: id,
    name: event.name,
    data: {},
    ts: 0,
    received_at: "2026-11-21T09:00:00Z",
  };
}
