import { z } from "zod";

/** What a worker's `GET /examine/place` says of itself. */
const WorkerPlaceSchema = z.object({
  mode: z.enum(["dev", "start"]),
  isDev: z.boolean(),
  engineUrl: z.string(),
  workerUrl: z.string(),
  /** The address that it is bound to. */
  listensOn: z.string(),
  /** Its host's name: paths mean nothing on another one. */
  machine: z.string(),
  pid: z.number(),
  bunVersion: z.string(),
  searchPath: z.string(),
  home: z.string(),
  temporaryFolder: z.string(),
  hasSigningKey: z.boolean(),
});

export type WorkerPlace = z.output<typeof WorkerPlaceSchema>;

const ANSWER_MAX_MS = 2_000;

/** Null when no worker of this release answers there. */
export async function loadWorkerPlace(workerOrigin: string): Promise<WorkerPlace | null> {
  const schema = z.object({ place: WorkerPlaceSchema });
  const answer = await examineWorker(workerOrigin, "place", AbortSignal.timeout(ANSWER_MAX_MS));
  return schema.safeParse(answer).data?.place ?? null;
}

/** What the worker finds when it looks itself; undefined when it doesn't answer. */
export async function examineWorker(
  workerOrigin: string,
  what: string,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const response = await fetch(`${workerOrigin}/examine/${what}`, { signal });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
