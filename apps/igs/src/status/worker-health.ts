import { z } from "zod";

const ProblemSchema = z.union([
  z.string(),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);

/** What a worker's `GET /health` says, as far as it is read here. Each part may be missing. */
const WorkerHealthSchema = z.object({
  problems: z.array(ProblemSchema).catch([]).default([]),
  programs: z
    .array(z.object({ name: z.string(), path: z.string().nullable(), isNeeded: z.boolean() }))
    .catch([])
    .default([]),
  sources: z
    .array(
      z.object({
        source: z.string(),
        isReady: z.boolean().nullable(),
        reason: z.string().nullable(),
      }),
    )
    .catch([])
    .default([]),
  vault: z.object({ path: z.string(), problem: z.string().nullable() }).optional().catch(undefined),
  heartbeat: z.object({ lastAt: z.iso.datetime().nullish() }).nullish().catch(null),
});

export type WorkerHealth = z.output<typeof WorkerHealthSchema>;

const TIMEOUT_MS = 2_000;

/** Null when nothing that can be read is said there. */
export async function loadWorkerHealth(workerOrigin: string): Promise<WorkerHealth | null> {
  const answer = await askJson(`${workerOrigin}/health`);
  return WorkerHealthSchema.safeParse(answer).data ?? null;
}

export async function askJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return await response.json();
  } catch {
    return undefined;
  }
}
