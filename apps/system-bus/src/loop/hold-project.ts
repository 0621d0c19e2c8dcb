import { LoopsError, takeClaim } from "@system-bus/loops";
import type { LoopDeps } from "./loop-deps.ts";

/** Takes the project for this loop, which may hold it already. @throws LoopsError `PROJECT_HELD` */
export async function holdProject(
  deps: LoopDeps,
  { project, loopId }: { readonly project: string; readonly loopId: string },
): Promise<void> {
  const at = new Date(deps.nowMs()).toISOString();
  const taking = await takeClaim(deps.loopsFolder, { project, loopId, at });
  if (taking.kind === "taken") return;
  throw new LoopsError(
    "PROJECT_HELD",
    `Loop ${taking.by} works on ${project}: \`igs loop status ${taking.by}\` shows it, \`igs loop cancel ${taking.by}\` ends it, \`igs loop diagnose ${taking.by}\` says whether it still lives`,
  );
}
