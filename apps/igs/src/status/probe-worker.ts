import { z } from "zod";
import { askJson, loadWorkerHealth } from "./worker-health.ts";

export interface WorkerProbe {
  readonly functionCount: number;
  /** What `/health` finds wrong, in words; empty when all is well. */
  readonly problems: readonly string[];
  /** How long ago the last heartbeat came to its end; null when none is known. */
  readonly beatAgeMs: number | null;
}

const RootSchema = z.object({ status: z.literal("running"), functions: z.number() });

/** Null when no System Bus worker answers there. */
export async function probeWorker(workerOrigin: string): Promise<WorkerProbe | null> {
  const root = RootSchema.safeParse(await askJson(`${workerOrigin}/`));
  if (!root.success) return null;
  const health = await loadWorkerHealth(workerOrigin);
  const lastAt = health?.heartbeat?.lastAt ?? null;
  const beatAgeMs = lastAt === null ? null : Math.max(0, Date.now() - Date.parse(lastAt));
  return { functionCount: root.data.functions, problems: health?.problems ?? [], beatAgeMs };
}
