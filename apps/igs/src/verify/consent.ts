// Whether parts of the bus may be ended for a moment. Ending them loses nothing, but what is in the middle
// of its work is interrupted and partly done again: whoever owns it is asked first.

import type { InngestApi } from "@system-bus/inngest-api";
import { loadPrograms } from "../follow/program-feed.ts";

export type Consent =
  | { readonly kind: "given" }
  /** `reason` is why not, `cure` how it could be. */
  | { readonly kind: "refused"; readonly reason: string; readonly cure: string };

export interface Busyness {
  /** Runs that have not ended; those of this check's own function left out. */
  readonly runCount: number;
  readonly programCount: number;
}

const RUNS_COUNTED_MAX = 100;
const OWN_FUNCTION = "system-verify";

export async function lookAtBusyness(
  api: Pick<InngestApi, "listRuns">,
  workerOrigin: string,
): Promise<Busyness> {
  const [runs, programs] = await Promise.all([
    api.listRuns({ status: ["QUEUED", "RUNNING"], limit: RUNS_COUNTED_MAX }),
    loadPrograms(workerOrigin),
  ]);
  return {
    runCount: runs.items.filter((run) => run.function.id !== OWN_FUNCTION).length,
    programCount: (programs ?? []).filter(({ state }) => state !== "ended").length,
  };
}

/** Null where nothing is in the middle, so that nobody has to be asked. */
function describeBusyness({ runCount, programCount }: Busyness): string | null {
  const runs = runCount === 0 ? [] : [counted(runCount, "run")];
  const programs = programCount === 0 ? [] : [counted(programCount, "program")];
  const parts = [...runs, ...programs];
  if (parts.length === 0) return null;
  const verb = runCount + programCount === 1 ? "is" : "are";
  return `${parts.join(" and ")} ${verb} in the middle`;
}

export interface Asking {
  /** `--no-kill`. */
  readonly mayKill: boolean;
  /** `--yes`. */
  readonly isSure: boolean;
  /** Undefined where nobody can be asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
}

export async function askConsent(
  look: () => Promise<Busyness>,
  { mayKill, isSure, confirm }: Asking,
): Promise<Consent> {
  if (!mayKill) {
    return { kind: "refused", reason: "--no-kill leaves it out", cure: "`igs verify` tries it." };
  }
  if (isSure) return { kind: "given" };
  const busy = describeBusyness(await look());
  if (busy === null) return { kind: "given" };
  const cure = "Wait until they have ended, or add --yes: nothing is lost.";
  if (!confirm) return { kind: "refused", reason: `${busy}, and nobody can be asked here`, cure };
  const question = `${busy}. Ending worker and engine for a moment interrupts that; nothing is lost. Go on?`;
  if (await confirm(question)) return { kind: "given" };
  return { kind: "refused", reason: `${busy}, and you said no`, cure };
}

function counted(count: number, noun: string): string {
  if (count >= RUNS_COUNTED_MAX) return `${count} ${noun}s or more`;
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
