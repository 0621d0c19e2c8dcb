export { type App, type AppFunction, isStartedBy } from "./app.ts";
export type { Fetch } from "./caller.ts";
export type { Cancellation } from "./cancellation.ts";
export type { FunctionStart } from "./function-start.ts";
export {
  type CallOptions,
  type CancelRunsRequest,
  createInngestApi,
  type EventQuery,
  type EventToSend,
  type InngestApi,
  type InngestApiOptions,
  type InvokeRequest,
  type RunQuery,
  type RunsOfPaused,
} from "./inngest-api.ts";
export { InngestApiError, type InngestApiErrorCode } from "./inngest-api-error.ts";
export type { Page } from "./pages.ts";
export type { ReceivedEvent } from "./received-event.ts";
export {
  hasEnded,
  type KnownRunStatus,
  knownRunStatuses,
  type Run,
  type RunStatus,
} from "./run.ts";
export type { RunJob } from "./run-job.ts";
export { type Attempt, type RunStep, readRunSteps } from "./run-steps.ts";
export { readSpanError, type SpanError, type SpanMetadata, type TraceSpan } from "./trace.ts";
export {
  createUpdateFeed,
  type EngineUpdate,
  type UpdateFeed,
  type UpdateListener,
  type UpdateTopic,
  updateTopics,
} from "./update-feed.ts";
export { readTime } from "./wire-time.ts";
