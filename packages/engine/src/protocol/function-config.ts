// Reads one function of a registration: protocol notes, section 1.2.
//
// Invariant:
//   F1. A function that can't run here is registered with the reason and stands in nobody's way: only what
//       has no id at all, and so can't be shown, refuses the registration that it came in.

import { z } from "zod";
import { findCronProblem, findJitterProblem } from "../core/cron.ts";
import type { ConcurrencyLimit, FunctionConfig, Trigger } from "../core/function-config.ts";
import { NAME_CHARS_MAX } from "../core/limits.ts";
import { describeIssues } from "./describe-issues.ts";
import { readFlowControl } from "./options/flow-control.ts";
import { checkExpression } from "./options/read-option.ts";

const RETRIES_DEFAULT = 4;
const RETRIES_MAX = 20;
const TRIGGERS_MAX = 10;
const CONCURRENCY_MAX = 2;

const IdentitySchema = z.object({
  id: z.string().trim().min(1).max(NAME_CHARS_MAX),
  name: z.string().optional(),
});

const TriggerSchema = z.object({
  event: z.string().min(1).max(NAME_CHARS_MAX).nullish(),
  expression: z.string().nullish(),
  cron: z.string().nullish(),
  jitter: z.string().nullish(),
});

const LimitSchema = z.object({
  limit: z.number().int().min(0),
  key: z.string().nullish(),
  scope: z.enum(["fn", "env", "account"]).nullish(),
});
const LimitsSchema = z.union([LimitSchema, z.array(LimitSchema)]);

const DetailsSchema = z.object({
  triggers: z.array(TriggerSchema).nullish(),
  steps: z.record(
    z.string(),
    z.object({
      runtime: z.object({ url: z.string() }),
      retries: z.object({ attempts: z.number().int().min(0).nullish() }).nullish(),
    }),
  ),
  /** The newest form tells limits on steps from limits on whole runs. */
  concurrency: z
    .union([
      z.number().int().min(0),
      LimitsSchema,
      z.strictObject({ step: LimitsSchema.nullish(), fn: LimitsSchema.nullish() }),
    ])
    .nullish(),
});

type Details = z.infer<typeof DetailsSchema>;
type RawTrigger = z.infer<typeof TriggerSchema>;
type RawLimit = z.infer<typeof LimitSchema>;

export type FunctionReading =
  | { readonly ok: true; readonly config: FunctionConfig }
  | { readonly ok: false; readonly problem: string };

/** `appUrl` stands in for the address of a function that names none. */
export function readFunctionConfig(value: unknown, appUrl: string): FunctionReading {
  const identity = IdentitySchema.safeParse(value);
  if (!identity.success) return { ok: false, problem: describeIssues(identity.error) };
  const { id: slug, name = slug } = identity.data;
  const details = DetailsSchema.safeParse(value);
  if (!details.success) {
    const problem = `Its configuration can't be read (${describeIssues(details.error)}).`;
    const config = { slug, name, triggers: [], url: appUrl, attemptsMax: 1, concurrency: [] };
    return { ok: true, config: { ...config, problem } };
  }
  // `value` passed the schemas above, so that it is an object.
  const fields = value as Readonly<Record<string, unknown>>;
  const problems: string[] = [];
  const config: FunctionConfig = {
    slug,
    name,
    triggers: readTriggers(details.data.triggers ?? [], problems),
    ...readStep(details.data, appUrl, problems),
    concurrency: readConcurrency(details.data.concurrency, problems),
    ...readFlowControl(fields, problems),
  };
  if (problems.length === 0) return { ok: true, config };
  return { ok: true, config: { ...config, problem: problems.join(" ") } };
}

function readTriggers(triggers: readonly RawTrigger[], problems: string[]): Trigger[] {
  if (triggers.length > TRIGGERS_MAX) {
    problems.push(`It has ${triggers.length} triggers; ${TRIGGERS_MAX} are the most.`);
  }
  return triggers.flatMap((trigger): Trigger[] => {
    if (trigger.cron) return [readCron(trigger.cron, trigger.jitter, problems)];
    if (trigger.event) return [readEventTrigger(trigger.event, trigger.expression, problems)];
    problems.push("One of its triggers names neither an event nor a cron.");
    return [];
  });
}

function readCron(cron: string, jitter: string | null | undefined, problems: string[]): Trigger {
  const problem = findCronProblem(cron);
  if (problem !== null) problems.push(`Its cron "${cron}" ${problem}.`);
  if (!jitter) return { kind: "cron", cron };
  const jitterProblem = findJitterProblem(jitter);
  if (jitterProblem !== null) problems.push(`Its jitter "${jitter}" ${jitterProblem}.`);
  return { kind: "cron", cron, jitter };
}

function readEventTrigger(
  event: string,
  expression: string | null | undefined,
  problems: string[],
): Trigger {
  if (!expression) return { kind: "event", event };
  checkExpression(expression, `The "if" of its trigger "${event}"`, problems);
  return { kind: "event", event, expression };
}

function readStep(
  { steps }: Details,
  appUrl: string,
  problems: string[],
): { url: string; attemptsMax: number } {
  const [step, ...others] = Object.values(steps);
  if (step === undefined || others.length > 0) {
    problems.push(`It has ${others.length + (step ? 1 : 0)} steps to call; there has to be one.`);
  }
  const retries = Math.min(step?.retries?.attempts ?? RETRIES_DEFAULT, RETRIES_MAX);
  return { url: readUrl(step?.runtime.url ?? appUrl, appUrl, problems), attemptsMax: retries + 1 };
}

/** A function is called where its app is: an app that could name another host would have it called. */
function readUrl(url: string, appUrl: string, problems: string[]): string {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) {
    const { origin } = new URL(url);
    if (origin === new URL(appUrl).origin) return url;
    problems.push(`Its address is at ${origin}, but its app is at ${new URL(appUrl).origin}.`);
    return appUrl;
  }
  problems.push(
    /^wss?:\/\//i.test(url)
      ? "It connects by WebSocket, which this engine does not have yet: use serve()."
      : `Its address "${url}" is no http address.`,
  );
  return appUrl;
}

function readConcurrency(raw: Details["concurrency"], problems: string[]): ConcurrencyLimit[] {
  if (typeof raw === "number") return readLimits([{ limit: raw }], problems);
  if (!raw) return [];
  if (Array.isArray(raw) || "limit" in raw) return readLimits(toList(raw), problems);
  if (toList(raw.fn).length > 0) {
    problems.push("It limits whole runs (concurrency.fn), which this engine does not have yet.");
  }
  return readLimits(toList(raw.step), problems);
}

function readLimits(limits: readonly RawLimit[], problems: string[]): ConcurrencyLimit[] {
  if (limits.length > CONCURRENCY_MAX) {
    problems.push(`It has ${limits.length} concurrency limits; ${CONCURRENCY_MAX} are the most.`);
  }
  // Zero is Inngest's way to write "no limit".
  return limits.filter(({ limit }) => limit > 0).map((limit) => readLimit(limit, problems));
}

function readLimit({ limit, scope, key }: RawLimit, problems: string[]): ConcurrencyLimit {
  const read = { limit, scope: scope ?? "fn" } as const;
  if (!key) {
    if (read.scope !== "fn") {
      problems.push(`Its concurrency of scope "${read.scope}" needs a key.`);
    }
    return read;
  }
  checkExpression(key, "Its concurrency key", problems);
  return { ...read, key };
}

function toList<T>(value: T | readonly T[] | null | undefined): readonly T[] {
  if (value === undefined || value === null) return [];
  // `Array.isArray` doesn't narrow readonly lists.
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
