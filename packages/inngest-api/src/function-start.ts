import { z } from "zod";

const RateLimitSchema = z.object({
  option: z.enum(["idempotency", "rateLimit"]),
  limit: z.number(),
  period_ms: z.number(),
  key: z.string().optional(),
});

/** What only the embedded engine tells. */
const FlowControlSchema = z
  .object({
    rate_limits: z.array(RateLimitSchema).default([]),
    batch: z.object({ max_size: z.number(), timeout_ms: z.number() }).optional(),
    debounce: z.object({ period_ms: z.number() }).optional(),
    singleton: z.object({ mode: z.string() }).optional(),
    throttle: z.object({ limit: z.number(), period_ms: z.number() }).optional(),
  })
  .transform(({ rate_limits, batch, debounce, singleton, throttle }) => ({
    rateLimits: rate_limits.map(({ option, limit, period_ms, key }) => ({
      option,
      limit,
      periodMs: period_ms,
      key: key ?? null,
    })),
    batch: batch ? { eventsMax: batch.max_size, timeoutMs: batch.timeout_ms } : null,
    debounce: debounce ? { periodMs: debounce.period_ms } : null,
    singleton: singleton ? { mode: singleton.mode } : null,
    throttle: throttle ? { limit: throttle.limit, periodMs: throttle.period_ms } : null,
  }));

const FunctionStartSchema = z
  .object({
    slug: z.string(),
    triggers: z
      .array(z.object({ event: z.string().optional(), expression: z.string().optional() }))
      .nullish(),
    flow_control: FlowControlSchema.optional(),
  })
  .transform(({ slug, triggers, flow_control }) => ({
    /** With the app's id in front. */
    slug,
    events: (triggers ?? []).flatMap(({ event, expression }) =>
      event === undefined ? [] : [{ name: event, condition: expression ?? null }],
    ),
    /** Null where the server doesn't tell. */
    flowControl: flow_control ?? null,
  }));

export type FunctionStart = Readonly<z.output<typeof FunctionStartSchema>>;

export const V1FunctionStartsSchema = z
  .object({ data: z.array(FunctionStartSchema).nullish() })
  .transform((answer) => answer.data ?? []);
