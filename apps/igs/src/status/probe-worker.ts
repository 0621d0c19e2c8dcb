import { z } from "zod";

export interface WorkerProbe {
  readonly functionCount: number;
  /** What `/health` finds wrong, in words; empty when all is well. */
  readonly problems: readonly string[];
  /** How long ago the last heartbeat came to its end; null when none is known. */
  readonly beatAgeMs: number | null;
}

const TIMEOUT_MS = 2_000;

const RootSchema = z.object({ status: z.literal("running"), functions: z.number() });

/** As far as we read it: a check that is not ok says why. */
const HealthSchema = z.object({
  problems: z.array(z.union([z.string(), z.object({ message: z.string() })])).optional(),
  heartbeat: z.object({ lastAt: z.iso.datetime().nullish() }).nullish(),
});

/** Null when no System Bus worker answers there. */
export async function probeWorker(workerOrigin: string): Promise<WorkerProbe | null> {
  const root = RootSchema.safeParse(await askJson(`${workerOrigin}/`));
  if (!root.success) return null;
  const health = HealthSchema.safeParse(await askJson(`${workerOrigin}/health`));
  const problems = (health.data?.problems ?? []).map((problem) =>
    typeof problem === "string" ? problem : problem.message,
  );
  const lastAt = health.data?.heartbeat?.lastAt ?? null;
  const beatAgeMs = lastAt === null ? null : Math.max(0, Date.now() - Date.parse(lastAt));
  return { functionCount: root.data.functions, problems, beatAgeMs };
}

async function askJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return await response.json();
  } catch {
    return undefined;
  }
}
