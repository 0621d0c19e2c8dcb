import {
  addToProgress,
  type LoadedLoop,
  projectPlaces,
  readPatterns,
  readProgress,
  writeProgress,
} from "@system-bus/loops";
import type { LoopDeps } from "./loop-deps.ts";

/** What an implementor has noticed about the codebase, for those that come after it. */
export async function keepPatterns(
  deps: LoopDeps,
  { state }: LoadedLoop,
  answer: string,
): Promise<void> {
  const patterns = readPatterns(answer);
  if (patterns.length === 0) return;
  const file = projectPlaces(deps.loopsFolder, state.begun.project).progress;
  await writeProgress(file, addToProgress(await readProgress(file), { patterns }));
}
