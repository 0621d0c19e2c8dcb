import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describeFailure } from "../../output/describe-failure.ts";
import { describeSize } from "../../upkeep/describe-size.ts";
import { createExamination } from "../examination.ts";
import { shellWord } from "../shell-word.ts";
import { fault, NotSeen, type Verdict, wellUnless } from "../verdict.ts";

export type DatabaseFacts =
  | { readonly kind: "other-engine" | "none" }
  /** Writes that a running engine's disk has refused since its start. */
  | { readonly kind: "running"; readonly folder: string; readonly refusedCount: number }
  /** What `igs engine check` says of the file, as it lies there. */
  | {
      readonly kind: "stopped";
      readonly file: string;
      readonly findings: readonly {
        readonly rule: string;
        readonly meaning: string;
        readonly isRepairable: boolean;
      }[];
    }
  | {
      readonly kind: "unusable";
      readonly file: string;
      readonly problem: string;
      readonly fix: string;
    };

/** What can be looked through while somebody waits. */
const LOOKED_THROUGH_MAX_BYTES = 64 * 1024 * 1024;

export const database = createExamination<DatabaseFacts>({
  id: "database",
  title: "the embedded engine's database is whole, and its disk takes what is written",
  async look(scene, signal): Promise<DatabaseFacts> {
    const { settings } = scene.connection();
    const { engine } = await scene.status();
    const folder = settings.folders.engine;
    const file = join(folder, "engine.db");
    if (engine.kind === "inngest") return { kind: "other-engine" };
    if (engine.kind === "embedded") {
      const text = await loadMetrics(settings.engineUrl, settings.signingKey, signal);
      return { kind: "running", folder, refusedCount: readRefusedCount(text) };
    }
    const found = await stat(file).catch(() => null);
    if (found === null) return { kind: "none" };
    if (found.size > LOOKED_THROUGH_MAX_BYTES) {
      throw new NotSeen(
        `${file} has ${describeSize(found.size)}: \`igs engine check\` looks through it`,
      );
    }
    const { checkFile } = await import("@system-bus/engine");
    try {
      const { findings } = await checkFile(file, { nowMs: scene.nowMs(), signal });
      return { kind: "stopped", file, findings };
    } catch (error) {
      const { message, fix } = describeFailure(error);
      return { kind: "unusable", file, problem: message, fix };
    }
  },
  decide(facts): Verdict {
    const why = "events are refused, or runs stand still";
    switch (facts.kind) {
      case "other-engine":
        return { kind: "unused", said: "Inngest's server keeps its own" };
      case "none":
        return { kind: "unused", said: "there is none yet" };
      case "running":
        return wellUnless(
          facts.refusedCount === 0
            ? []
            : [
                fault({
                  problem: `The engine's disk has refused ${facts.refusedCount} writes since its start.`,
                  why: "nothing of them was acknowledged; it goes on when there is room",
                  cure: `df -h ${shellWord(facts.folder)}`,
                  hint: "With room enough, stop the engine and run `igs engine check`.",
                }),
              ],
          "no write was refused",
        );
      case "unusable":
        return wellUnless(
          [fault({ problem: facts.problem, why, cure: "igs engine check", hint: facts.fix })],
          "",
        );
      case "stopped": {
        const [worst] = facts.findings;
        if (worst === undefined) return wellUnless([], facts.file);
        const isRepairable = facts.findings.every((finding) => finding.isRepairable);
        return wellUnless(
          [
            fault({
              problem: `${facts.file} has ${facts.findings.length === 1 ? "a problem" : `${facts.findings.length} kinds of problems`}: ${worst.rule}: ${worst.meaning}`,
              why,
              cure: isRepairable ? "igs engine check --repair" : "igs engine check",
              ...(isRepairable
                ? {}
                : { hint: "It says more; `igs engine restore` puts a backup in its place." }),
            }),
          ],
          "",
        );
      }
    }
  },
});

async function loadMetrics(
  engineUrl: string,
  signingKey: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const headers = signingKey === undefined ? {} : { authorization: `Bearer ${signingKey}` };
  const response = await fetch(`${engineUrl}/metrics`, { headers, signal, redirect: "manual" });
  const text = await response.text();
  if (response.ok) return text;
  throw new NotSeen(`the engine answers ${response.status} when it is asked for its metrics`);
}

export function readRefusedCount(metrics: string): number {
  const lines = metrics.matchAll(/^system_bus_engine_commits_refused_total(?:\{[^}]*\})? (\d+)/gm);
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}
