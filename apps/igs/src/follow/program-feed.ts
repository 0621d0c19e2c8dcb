import { z } from "zod";
import type { Clock } from "../clock.ts";
import { describeOutputLine } from "./describe-output-line.ts";

/** What the worker's `GET /programs` says, as far as people look at it. */
export const ProgramSchema = z.object({
  key: z.string(),
  runId: z.string(),
  stepId: z.string(),
  state: z.string(),
  slot: z.object({ name: z.string(), aheadCount: z.number() }).nullish(),
  lastLine: z.string().nullish(),
  startedAt: z.string().nullish(),
  /** On the worker's machine. */
  stdoutPath: z.string().nullish(),
});

export type ProgramSeen = z.output<typeof ProgramSchema>;

const AnswerSchema = z.union([
  z.object({ programs: z.array(ProgramSchema) }).transform(({ programs }) => programs),
  z.array(ProgramSchema),
]);

const TIMEOUT_MS = 1_000;

/** The worker's programs, or null where no worker answers: its host may be another one. */
export async function loadPrograms(workerOrigin: string): Promise<readonly ProgramSeen[] | null> {
  try {
    const response = await fetch(`${workerOrigin}/programs`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const parsed = AnswerSchema.safeParse(await response.json());
    return response.ok && parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export interface ProgramFeedOptions {
  readonly clock: Clock;
  readonly load: () => Promise<readonly ProgramSeen[] | null>;
  /** `text` is what the program is at, in words. Told when it changed. */
  readonly tell: (program: ProgramSeen, text: string) => void;
}

const LOAD_GAP_MS = 500;

/** Tells what the living programs of some runs are at, as often as it is asked, at most twice a second. */
export function createProgramFeed(
  options: ProgramFeedOptions,
): (runIds: readonly string[]) => Promise<void> {
  const toldTexts = new Map<string, string>();
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  return async (runIds) => {
    const nowMs = options.clock.nowMs();
    if (runIds.length === 0 || nowMs - loadedAtMs < LOAD_GAP_MS) return;
    loadedAtMs = nowMs;
    for (const program of (await options.load()) ?? []) {
      if (program.state === "ended" || !runIds.includes(program.runId)) continue;
      const text = describeProgram(program);
      if (toldTexts.get(program.key) === text) continue;
      toldTexts.set(program.key, text);
      options.tell(program, text);
    }
  };
}

/** What a living program is at, in words. */
export function describeProgram({ state, slot, lastLine }: ProgramSeen): string {
  if (state === "waiting" && slot) {
    return `waits for the ${slot.name} slot, ${slot.aheadCount} ahead of it`;
  }
  return lastLine ? describeOutputLine(lastLine) : state;
}
