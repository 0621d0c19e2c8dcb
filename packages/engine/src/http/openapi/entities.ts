// What the REST API answers with, as schemas: for the OpenAPI document and for the tests that hold every
// answer to it. Nothing here is loaded before somebody asks for the document.

import { z } from "zod";
import { RUN_STATUSES } from "../../core/run-list.ts";
import { STEP_OP_NAMES } from "../../core/step-op-name.ts";
import { V1_STATUSES } from "../v1/v1-answers.ts";

const Moment = z.iso.datetime();
/** 64-bit numbers are texts, as in Inngest's v2. */
const Milliseconds = z.string().regex(/^\d+$/);
const Ulid = z.string().meta({ description: "A ULID" });

const SpanTimes = {
  queuedAt: Moment,
  startedAt: Moment.optional(),
  endedAt: Moment.optional(),
  durationMs: Milliseconds.optional(),
};

export const Run = z.object({
  id: Ulid,
  app: z.object({ id: z.string() }),
  function: z.object({ id: z.string(), name: z.string() }),
  status: z.enum(RUN_STATUSES),
  trigger: z.object({ eventIds: z.array(Ulid) }),
  originalRunId: Ulid.optional().meta({ description: "The run that this one repeats" }),
  ...SpanTimes,
  output: z.unknown().optional().meta({ description: "The result, or the error of a failed run" }),
});

export const Span = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(RUN_STATUSES),
  stepOp: z.enum(Object.values(STEP_OP_NAMES)).optional(),
  stepId: z.string().optional().meta({ description: "The SDK's hash of the step's id" }),
  // Spelled out: TypeScript can't follow a spread into a shape that refers to itself.
  queuedAt: SpanTimes.queuedAt,
  startedAt: SpanTimes.startedAt,
  endedAt: SpanTimes.endedAt,
  durationMs: SpanTimes.durationMs,
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  attributes: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: "Of a span that the app made itself" }),
  metadata: z
    .array(
      z.object({
        kind: z.string(),
        scope: z.string(),
        updatedAt: Moment,
        values: z.record(z.string(), z.unknown()),
      }),
    )
    .optional(),
  /** Of the run its steps, of a step its attempts. */
  get children() {
    return z.array(Span).optional();
  },
});

export const App = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: Moment,
  functionCount: z.int(),
  method: z.literal("SERVE"),
  latestSync: z.object({
    framework: z.string(),
    sdkLanguage: z.string(),
    sdkVersion: z.string(),
    url: z.string(),
  }),
});

export const Sync = z.object({
  id: Ulid,
  app: z.object({ id: z.string() }),
  url: z.string(),
  framework: z.string(),
  sdkLanguage: z.string(),
  sdkVersion: z.string(),
  functionCount: z.int(),
  syncedAt: Moment,
});

export const AppFunction = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  app: z.object({ id: z.string() }),
  triggers: z.array(
    z.object({
      type: z.enum(["EVENT", "CRON"]),
      value: z.string(),
      nextAt: Moment.optional().meta({ description: "When a schedule fires next" }),
    }),
  ),
  configuration: z.object({
    concurrency: z.array(
      z.object({
        key: z.string().optional(),
        limit: z.object({ isPlanLimit: z.boolean(), value: z.int() }),
        scope: z.enum(["FUNCTION", "ENVIRONMENT", "ACCOUNT"]),
      }),
    ),
    retries: z.object({ isDefault: z.boolean(), value: z.int() }),
  }),
  problem: z.string().optional().meta({ description: "Why the engine never starts it" }),
  pause: z
    .object({ pausedAt: Moment, holdsRuns: z.boolean() })
    .optional()
    .meta({ description: "While it is paused" }),
});

export const V1Event = z.object({
  internal_id: Ulid,
  account_id: z.string(),
  environment_id: z.string(),
  source: z.string(),
  source_id: z.string().nullable(),
  received_at: Moment,
  id: z.string().meta({ description: "The sender's own, or the internal id" }),
  name: z.string(),
  data: z.record(z.string(), z.unknown()),
  user: z.record(z.string(), z.unknown()).optional(),
  ts: z.number(),
  v: z.string().optional(),
});

export const V1Run = z.object({
  run_id: Ulid,
  run_started_at: Moment.meta({ description: "When it was queued" }),
  function_id: z.string(),
  function_version: z.int(),
  environment_id: z.string(),
  event_id: Ulid,
  original_run_id: Ulid.optional(),
  status: z.enum(Object.values(V1_STATUSES)),
  ended_at: Moment.nullable(),
  output: z.unknown(),
});

export const V1Job = z.object({
  id: z.string(),
  run_id: Ulid,
  kind: z.string().meta({ description: "discovery, step, sleep, wait-timeout and the like" }),
  step_id: z.string().nullable(),
  step: z.string().nullable().meta({ description: "The step's name" }),
  status: z.enum(["Queued", "Scheduled", "Running"]),
  attempt: z.int(),
  at: Moment.meta({ description: "When it is due" }),
  queued_at: Moment,
});

export const V1Function = z.object({
  id: z.string(),
  app_id: z.string(),
  slug: z.string(),
  name: z.string(),
  triggers: z.array(
    z.object({
      event: z.string().optional(),
      expression: z.string().optional(),
      cron: z.string().optional(),
      jitter: z.string().optional(),
    }),
  ),
  retries: z.int(),
  concurrency: z.array(
    z.object({
      limit: z.int(),
      scope: z.enum(["fn", "env", "account"]),
      key: z.string().optional(),
    }),
  ),
  paused_at: Moment.nullable(),
  problem: z.string().optional(),
  flow_control: z
    .object({
      rate_limits: z.array(
        z.object({
          option: z.enum(["idempotency", "rateLimit"]),
          limit: z.int(),
          period_ms: z.int(),
          key: z.string().optional(),
        }),
      ),
      batch: z.object({ max_size: z.int(), timeout_ms: z.int() }).optional(),
      debounce: z.object({ period_ms: z.int() }).optional(),
      singleton: z.object({ mode: z.enum(["skip", "cancel"]) }).optional(),
      throttle: z.object({ limit: z.int(), period_ms: z.int() }).optional(),
    })
    .meta({ description: "What may keep an event from starting a run; only this engine tells it" }),
});

export const V1Cancellation = z.object({
  id: Ulid,
  environment_id: z.string(),
  app_id: z.string(),
  function_id: z.string().nullable(),
  started_after: Moment.nullable(),
  started_before: Moment,
  if: z.string().nullable(),
  status: z.enum(["Running", "Completed"]),
  cancelled_count: z.int(),
  created_at: Moment,
  ended_at: Moment.nullable(),
});

export const V1Error = z.object({ error: z.string(), status: z.int() });
export const V2Error = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string() })),
});

export function v2ItemOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: item, metadata: z.object({ fetchedAt: Moment }) });
}

export function v2PageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item),
    metadata: z.object({ fetchedAt: Moment }),
    page: z.object({
      limit: z.int(),
      cursor: z.string().optional(),
      hasMore: z.literal(true).optional(),
    }),
  });
}

export function v1ItemOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: item,
    metadata: z.object({ fetched_at: Moment, cached_until: Moment }),
  });
}

export function v1PageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), metadata: z.object({ fetched_at: Moment }) });
}
