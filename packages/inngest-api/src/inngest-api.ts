import { z } from "zod";
import { type App, type AppFunction, AppFunctionSchema, AppSchema } from "./app.ts";
import { type Call, createCaller, type Fetch, type QueryValues } from "./caller.ts";
import { type Cancellation, V1CancellationSchema } from "./cancellation.ts";
import { type FunctionStart, V1FunctionStartsSchema } from "./function-start.ts";
import { InngestApiError } from "./inngest-api-error.ts";
import { eachItem, gatherItems, type Page } from "./pages.ts";
import { type ReceivedEvent, V1EventSchema, v1EventPageSchema } from "./received-event.ts";
import { type KnownRunStatus, type Run, RunIdSchema, RunSchema } from "./run.ts";
import { type RunJob, V1JobsSchema } from "./run-job.ts";
import { TraceSchema, type TraceSpan } from "./trace.ts";
import { v2Item, v2Page } from "./wire.ts";

export interface InngestApiOptions {
  readonly baseUrl: string;
  readonly eventKey?: string | undefined;
  readonly signingKey?: string | undefined;
  readonly fetch?: Fetch;
  /** How long one call may take. */
  readonly timeoutMs?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface EventToSend {
  readonly name: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  /** Sent twice within 24 hours, an id starts each function once. */
  readonly id?: string;
  /** Milliseconds since 1970. */
  readonly ts?: number;
  /** Version of the event's shape, as its sender counts them. */
  readonly v?: string;
}

export interface RunQuery extends CallOptions {
  readonly status?: readonly KnownRunStatus[];
  readonly appId?: readonly string[];
  readonly functionId?: readonly string[];
  /** ISO 8601; of the time a run was queued. */
  readonly from?: string;
  readonly until?: string;
  readonly order?: "ASC" | "DESC";
  readonly includeOutput?: boolean;
  /** Size of one page; the server takes 20 when absent. */
  readonly limit?: number;
  readonly cursor?: string | undefined;
}

export interface EventQuery extends CallOptions {
  readonly name?: string;
  /** ISO 8601; of the time an event was received. */
  readonly receivedAfter?: string;
  readonly receivedBefore?: string;
  /** Whether the engine's own events (`inngest/…`) are in the list. */
  readonly includeInternal?: boolean;
  readonly limit?: number;
  /** The internal id of the event to go on after. */
  readonly cursor?: string | undefined;
}

export interface InvokeRequest extends CallOptions {
  readonly appId: string;
  readonly functionId: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly idempotencyKey?: string;
}

export interface RerunRequest extends CallOptions {
  readonly fromStep?: {
    /** The id that the step has in the code. */
    readonly stepId: string;
    /** What the step's function is given instead of its arguments. */
    readonly input?: readonly unknown[];
  };
}

export interface CancelRunsRequest extends CallOptions {
  readonly appId: string;
  /** All functions of the app when absent, which only the embedded engine takes. */
  readonly functionId?: string;
  /** ISO 8601; of the time a run was queued. */
  readonly startedAfter?: string;
  readonly startedBefore?: string;
  /** An expression over the run's event. */
  readonly if?: string;
}

export interface FunctionRef extends CallOptions {
  readonly appId: string;
  readonly functionId: string;
}

/** What becomes of the unfinished runs of a function that is paused. */
export type RunsOfPaused = "HOLD" | "CONTINUE" | "CANCEL";

/**
 * The documented API of an Inngest server: `/e/:key`, `/v1` and `/api/v2`; and of the embedded engine what
 * those lack. A call that the server has no route for fails as `unsupported`.
 */
export interface InngestApi {
  /** Returns the events' internal ids, in their order. */
  sendEvents(events: readonly EventToSend[], options?: CallOptions): Promise<readonly string[]>;
  /** One page, newest first. */
  listRuns(query?: RunQuery): Promise<Page<Run>>;
  /** Page after page, `itemsMax` runs at most. */
  eachRun(query: RunQuery, itemsMax: number): AsyncGenerator<Run, void, undefined>;
  getRun(runId: string, options?: CallOptions & { includeOutput?: boolean }): Promise<Run>;
  /** The root span. Outputs come with `includeOutput`. */
  getTrace(runId: string, options?: CallOptions & { includeOutput?: boolean }): Promise<TraceSpan>;
  /** The trace in OpenTelemetry's JSON, as it came; only the embedded engine has it. */
  getOtlpTrace(
    runId: string,
    options?: CallOptions & { includeOutput?: boolean },
  ): Promise<unknown>;
  /** What is due for a run, or will be. Not every server tells it. */
  listRunJobs(runId: string, options?: CallOptions): Promise<readonly RunJob[]>;
  cancelRun(runId: string, options?: CallOptions): Promise<void>;
  /**
   * Starts to cancel the unfinished runs that are selected. A self-hosted Inngest server has no such
   * thing; only the embedded engine tells how far it has come, by `getCancellation`.
   */
  cancelRuns(request: CancelRunsRequest): Promise<Cancellation>;
  getCancellation(id: string, options?: CallOptions): Promise<Cancellation>;
  /** Returns the new run's id. From a step, the results of those before it are kept. */
  rerun(runId: string, request?: RerunRequest): Promise<string>;
  invoke(request: InvokeRequest): Promise<string>;
  listApps(options?: CallOptions): Promise<readonly App[]>;
  /** Of one app, or of all. */
  listFunctions(options?: CallOptions & { appId?: string }): Promise<readonly AppFunction[]>;
  /** What has to hold for an event to start each function of an app. Not every server tells it. */
  listFunctionStarts(appId: string, options?: CallOptions): Promise<readonly FunctionStart[]>;
  /** The function starts no more runs until it is resumed. Only the embedded engine has this. */
  pauseFunction(fn: FunctionRef & { runs?: RunsOfPaused }): Promise<AppFunction>;
  resumeFunction(fn: FunctionRef): Promise<AppFunction>;
  /** One page, newest first. */
  listEvents(query?: EventQuery): Promise<Page<ReceivedEvent>>;
  eachEvent(query: EventQuery, itemsMax: number): AsyncGenerator<ReceivedEvent, void, undefined>;
  getEvent(eventId: string, options?: CallOptions): Promise<ReceivedEvent>;
  getEventRuns(eventId: string, options?: CallOptions): Promise<readonly Run[]>;
  /** Returns when the server says that it is well; throws otherwise. */
  health(options?: CallOptions): Promise<void>;
}

const TIMEOUT_MS = 10_000;
/** What the SDK sends in a key's place when there is none; a server in dev mode takes any key. */
const NO_EVENT_KEY = "NO_EVENT_KEY_SET";
const APPS_MAX = 1_000;
const FUNCTIONS_MAX = 10_000;
const EVENT_RUNS_MAX = 1_000;
const EVENTS_PAGE_SIZE = 20;
const GATHER_PAGE_SIZE = 100;

const SentSchema = z.object({ ids: z.array(z.string()) });
const HealthSchema = v2Item(z.object({ status: z.literal("ok") }));

export function createInngestApi(options: InngestApiOptions): InngestApi {
  const call = createCaller({
    baseUrl: options.baseUrl,
    signingKey: options.signingKey,
    fetch: options.fetch ?? fetch,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
  });
  return {
    ...eventCalls(call, options.eventKey ?? NO_EVENT_KEY),
    ...runCalls(call),
    ...cancellationCalls(call),
    ...appCalls(call),
    async health({ signal } = {}) {
      await call({ method: "GET", path: "/api/v2/health", signal }, HealthSchema);
    },
  };
}

type EventCalls = Pick<
  InngestApi,
  "sendEvents" | "listEvents" | "eachEvent" | "getEvent" | "getEventRuns"
>;

function eventCalls(call: Call, eventKey: string): EventCalls {
  const listEvents: InngestApi["listEvents"] = ({ signal, ...asked } = {}) => {
    const { receivedAfter, receivedBefore, includeInternal, ...rest } = asked;
    const limit = asked.limit ?? EVENTS_PAGE_SIZE;
    const query = {
      ...rest,
      received_after: receivedAfter,
      received_before: receivedBefore,
      include_internal: includeInternal,
      limit,
    };
    const request = { method: "GET", path: "/v1/events", query, signal } as const;
    return call(request, v1EventPageSchema(limit));
  };
  return {
    async sendEvents(events, { signal } = {}) {
      const path = `/e/${encodeURIComponent(eventKey)}`;
      const request = { method: "POST", path, shownPath: "/e/…", body: events, signal } as const;
      return (await call(request, SentSchema)).ids;
    },
    listEvents,
    eachEvent(query, itemsMax) {
      return eachItem(
        (cursor) => listEvents({ ...query, ...(cursor ? { cursor } : {}) }),
        itemsMax,
      );
    },
    async getEvent(eventId, { signal } = {}) {
      const path = `/v1/events/${segment(eventId, "event")}`;
      return call({ method: "GET", path, signal }, V1EventSchema);
    },
    async getEventRuns(eventId, { signal } = {}) {
      const path = `/api/v2/events/${segment(eventId, "event")}/runs`;
      return gatherItems((cursor) => {
        const query = { limit: GATHER_PAGE_SIZE, cursor };
        return call({ method: "GET", path, query, signal }, v2Page(RunSchema));
      }, EVENT_RUNS_MAX);
    },
  };
}

type RunCalls = Pick<
  InngestApi,
  | "listRuns"
  | "eachRun"
  | "getRun"
  | "getTrace"
  | "getOtlpTrace"
  | "listRunJobs"
  | "cancelRun"
  | "rerun"
  | "invoke"
>;

type CancellationCalls = Pick<InngestApi, "cancelRuns" | "getCancellation">;

function cancellationCalls(call: Call): CancellationCalls {
  const feature = "bulk cancellation";
  return {
    async cancelRuns({ signal, appId, functionId, startedAfter, startedBefore, if: condition }) {
      const body = {
        app_id: appId,
        function_id: functionId,
        started_after: startedAfter,
        started_before: startedBefore,
        if: condition,
      };
      const path = "/v1/cancellations";
      return call({ method: "POST", path, body, signal, feature }, V1CancellationSchema);
    },
    async getCancellation(id, { signal } = {}) {
      const path = `/v1/cancellations/${segment(id, "cancellation")}`;
      return call({ method: "GET", path, signal, feature }, V1CancellationSchema);
    },
  };
}

function runCalls(call: Call): RunCalls {
  const listRuns: InngestApi["listRuns"] = ({ signal, ...query } = {}) =>
    call({ method: "GET", path: "/api/v2/runs", query: { ...query }, signal }, v2Page(RunSchema));
  const runPath = (runId: string) => `/api/v2/runs/${segment(runId, "run")}`;
  return {
    listRuns,
    eachRun(query, itemsMax) {
      return eachItem((cursor) => listRuns({ ...query, cursor: cursor ?? query.cursor }), itemsMax);
    },
    async getRun(runId, { signal, includeOutput } = {}) {
      const query: QueryValues = { includeOutput };
      return call({ method: "GET", path: runPath(runId), query, signal }, v2Item(RunSchema));
    },
    async getTrace(runId, { signal, includeOutput } = {}) {
      const path = `${runPath(runId)}/trace`;
      const request = { method: "GET", path, query: { includeOutput }, signal } as const;
      return (await call(request, v2Item(TraceSchema))).rootSpan;
    },
    async getOtlpTrace(runId, { signal, includeOutput } = {}) {
      const path = `${runPath(runId)}/trace/otlp`;
      return call({ method: "GET", path, query: { includeOutput }, signal }, z.unknown());
    },
    async listRunJobs(runId, { signal } = {}) {
      const path = `/v1/runs/${segment(runId, "run")}/jobs`;
      const feature = "list of what is due for a run";
      return call({ method: "GET", path, signal, feature }, V1JobsSchema);
    },
    async cancelRun(runId, { signal } = {}) {
      const path = `${runPath(runId)}/cancel`;
      await call({ method: "POST", path, body: {}, signal }, v2Item(RunIdSchema));
    },
    async rerun(runId, { signal, ...body } = {}) {
      const path = `${runPath(runId)}/rerun`;
      return (await call({ method: "POST", path, body, signal }, v2Item(RunIdSchema))).runId;
    },
    async invoke({ signal, appId, functionId, ...body }) {
      const path = `${functionsPath(appId)}/${segment(functionId, "function")}/invoke`;
      const feature = "invocation by API";
      return (await call({ method: "POST", path, body, signal, feature }, v2Item(RunIdSchema)))
        .runId;
    },
  };
}

type AppCalls = Pick<
  InngestApi,
  "listApps" | "listFunctions" | "listFunctionStarts" | "pauseFunction" | "resumeFunction"
>;

function appCalls(call: Call): AppCalls {
  const listApps: InngestApi["listApps"] = ({ signal } = {}) =>
    gatherItems((cursor) => {
      const query = { limit: GATHER_PAGE_SIZE, cursor };
      return call({ method: "GET", path: "/api/v2/apps", query, signal }, v2Page(AppSchema));
    }, APPS_MAX);
  const setPause = ({ appId, functionId, signal }: FunctionRef, verb: string, body: object) => {
    const path = `${functionsPath(appId)}/${segment(functionId, "function")}/${verb}`;
    const feature = "pausing of functions";
    return call({ method: "POST", path, body, signal, feature }, v2Item(AppFunctionSchema));
  };
  return {
    pauseFunction: ({ runs, ...fn }) => setPause(fn, "pause", { runs }),
    resumeFunction: (fn) => setPause(fn, "resume", {}),
    listApps,
    async listFunctionStarts(appId, { signal } = {}) {
      const path = `/v1/apps/${segment(appId, "app")}/functions`;
      const feature = "list of what starts functions";
      return call({ method: "GET", path, signal, feature }, V1FunctionStartsSchema);
    },
    async listFunctions({ signal, appId } = {}) {
      const appIds = appId ? [appId] : (await listApps({ signal })).map((app) => app.id);
      const perApp = appIds.map((id) =>
        gatherItems((cursor) => {
          const query = { limit: GATHER_PAGE_SIZE, cursor };
          const request = { method: "GET", path: functionsPath(id), query, signal } as const;
          return call(request, v2Page(AppFunctionSchema));
        }, FUNCTIONS_MAX),
      );
      return (await Promise.all(perApp)).flat();
    },
  };
}

function functionsPath(appId: string): string {
  return `/api/v2/apps/${segment(appId, "app")}/functions`;
}

/** An id as one part of a path: an empty one, or `..`, would ask for something else. */
function segment(id: string, what: string): string {
  if (id !== "" && id !== "." && id !== "..") return encodeURIComponent(id);
  throw new InngestApiError("invalid", `"${id}" is not the id of a ${what}.`, {
    fix: "Give the id as `igs runs`, `igs events` or `igs functions` show it.",
  });
}
