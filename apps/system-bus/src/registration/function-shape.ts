import type { InngestFunction } from "inngest";
import { z } from "zod";

/** What the engine has to know of a function to start it when it should. */
export interface FunctionShape {
  readonly id: string;
  /** Event names and cron lines, sorted. */
  readonly triggers: readonly string[];
  /** Null where the code leaves it to the engine. */
  readonly retries: number | null;
  /** Comes and goes with another function; an engine may or may not list it. */
  readonly isImplied?: boolean;
}

const FAILURE_SUFFIX = "-failure";

/** The functions as the code has them. An `onFailure` is a function of its own to the engine. */
export function shapesOf(functions: readonly InngestFunction.Any[]): FunctionShape[] {
  return functions.flatMap((fn) => {
    const { triggers = [], retries, onFailure } = fn.opts;
    const own = {
      id: fn.id(),
      triggers: triggers.map(triggerName).toSorted(),
      retries: retries ?? null,
    };
    if (!onFailure) return [own];
    const failure = {
      id: `${fn.id()}${FAILURE_SUFFIX}`,
      triggers: ["inngest/function.failed"],
      retries: null,
      isImplied: true,
    };
    return [own, failure];
  });
}

const Trigger = z.union([
  z.object({ cron: z.string() }).transform(({ cron }) => cron),
  z
    .object({
      event: z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]),
    })
    .transform(({ event }) => event),
]);

function triggerName(trigger: unknown): string {
  return Trigger.parse(trigger);
}

/** `GET /api/v2/apps/{app}/functions`, as far as it is compared. */
const RegisteredFunctions = z.object({
  data: z.array(
    z.object({
      slug: z.string(),
      triggers: z.array(z.object({ value: z.string() })).nullish(),
      configuration: z.object({ retries: z.object({ value: z.number() }).nullish() }).nullish(),
    }),
  ),
  page: z.object({ cursor: z.string().nullish(), hasMore: z.boolean().nullish() }).nullish(),
});

/** One page of what the engine has. */
export interface RegisteredPage {
  readonly shapes: readonly FunctionShape[];
  /** Of the next page; null after the last. */
  readonly nextCursor: string | null;
}

/** Null when the answer is not what the documented API gives. */
export function readRegisteredShapes(answer: unknown): RegisteredPage | null {
  const parsed = RegisteredFunctions.safeParse(answer);
  if (!parsed.success) return null;
  const { data, page } = parsed.data;
  const shapes = data.map(({ slug, triggers, configuration }) => ({
    id: slug,
    triggers: (triggers ?? []).map(({ value }) => value).toSorted(),
    retries: configuration?.retries?.value ?? null,
  }));
  return { shapes, nextCursor: page?.hasMore ? (page.cursor ?? null) : null };
}

/** What has to be told anew, in words; null when the engine has everything as the code has it. */
export function findDrift(
  coded: readonly FunctionShape[],
  registered: readonly FunctionShape[],
): string | null {
  const left = new Map(registered.map((shape) => [shape.id, shape]));
  for (const shape of coded) {
    const known = left.get(shape.id);
    left.delete(shape.id);
    if (!known && shape.isImplied) continue;
    if (!known) return `${shape.id} is not registered`;
    if (known.triggers.join("\n") !== shape.triggers.join("\n"))
      return `${shape.id} has other triggers`;
    if (shape.retries !== null && known.retries !== null && known.retries !== shape.retries) {
      return `${shape.id} has other retries`;
    }
  }
  const [stray] = left.keys();
  return stray === undefined ? null : `${stray} is registered and no longer exists`;
}

const AppAnswer = z.object({
  data: z.object({ latestSync: z.object({ url: z.string() }).nullish() }),
});

/** Whether the engine calls this worker: `localhost` and `127.0.0.1` are the same place. */
export function isSameWorker(appAnswer: unknown, workerUrl: string): boolean {
  const parsed = AppAnswer.safeParse(appAnswer);
  const url = parsed.success ? parsed.data.data.latestSync?.url : undefined;
  // An engine that does not tell is believed.
  return url === undefined || placeOf(url) === placeOf(workerUrl);
}

function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, hostname, port, pathname } = new URL(url);
  const host = ["localhost", "127.0.0.1", "[::1]"].includes(hostname) ? "loopback" : hostname;
  return `${protocol}//${host}:${port}${pathname}`;
}
