import { z } from "zod";

export const AppSchema = z.object({
  id: z.string(),
  name: z.string(),
  functionCount: z.number().default(0),
  method: z.string().optional(),
  createdAt: z.string().optional(),
  latestSync: z
    .object({
      url: z.string().optional(),
      framework: z.string().optional(),
      sdkLanguage: z.string().optional(),
      sdkVersion: z.string().optional(),
      error: z.string().optional(),
    })
    .optional(),
});

export type App = Readonly<z.output<typeof AppSchema>>;

const LimitSchema = z.object({ value: z.number(), isPlanLimit: z.boolean().default(false) });

export const AppFunctionSchema = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string().optional(),
  app: z.object({ id: z.string() }),
  triggers: z
    .array(
      z.object({
        type: z.string(),
        value: z.string(),
        /** When a schedule fires next; only the embedded engine says so. */
        nextAt: z.string().optional(),
      }),
    )
    .default([]),
  configuration: z
    .object({
      concurrency: z
        .array(
          z.object({
            key: z.string().optional(),
            limit: LimitSchema.optional(),
            scope: z.string().optional(),
          }),
        )
        .optional(),
      retries: z.object({ value: z.number(), isDefault: z.boolean().default(false) }).optional(),
    })
    .optional(),
  /** While it is paused; only the embedded engine says so. */
  pause: z.object({ pausedAt: z.string(), holdsRuns: z.boolean() }).optional(),
  /** Why the engine does not start it; only the embedded engine says so. */
  problem: z.string().optional(),
});

export type AppFunction = Readonly<z.output<typeof AppFunctionSchema>>;

/** Whether an event of this name starts the function. `a/*` and `a/b.*` match what begins like them. */
export function isStartedBy(fn: Pick<AppFunction, "triggers">, eventName: string): boolean {
  return fn.triggers.some(({ type, value }) => {
    if (type !== "EVENT") return false;
    return value.endsWith("*") ? eventName.startsWith(value.slice(0, -1)) : value === eventName;
  });
}
