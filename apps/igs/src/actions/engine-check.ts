import { resolve } from "node:path";
import { checkFile, databaseFile, type Finding, repairFile } from "@system-bus/engine";
import { createAction } from "../action.ts";
import type { Failure } from "../output/failure.ts";
import type { Paint } from "../output/paint.ts";
import { type DataFlags, dataFolder } from "../upkeep/data-folder.ts";
import { runLong } from "../upkeep/long-work.ts";

interface EngineCheckFlags extends DataFlags {
  readonly file?: string;
  readonly repair?: boolean;
}

export const engineCheck = createAction<EngineCheckFlags>(
  "engine check",
  async ({ io, context }, flags) => {
    const file =
      flags.file === undefined
        ? databaseFile(dataFolder(context, flags))
        : resolve(context.cwd, flags.file);
    const nowMs = Date.now();
    const repairs = flags.repair ? repairFile(file, nowMs) : [];
    const report = await runLong({ io, context }, "Nothing was changed.", (options) =>
      checkFile(file, { nowMs, ...options }),
    );
    const { schemaVersion, runCount, unfinishedCount, findings } = report;
    const lines = [
      ...repairs.map(({ rule, count }) => `Repaired: ${rule} (${count}).`),
      ...findings.flatMap((finding) => renderFinding(finding, io.paint)),
      ...(findings.length === 0
        ? [`${file}: ${runCount} runs, ${unfinishedCount} of them going on. Nothing is wrong.`]
        : []),
    ];
    return {
      result: {
        file,
        schemaVersion,
        runs: runCount,
        unfinishedRuns: unfinishedCount,
        findings,
        repairs,
      },
      text: lines.join("\n"),
      ...(findings.length === 0 ? {} : { failure: describeFindings(file, findings) }),
    };
  },
);

function renderFinding(finding: Finding, paint: Paint): readonly string[] {
  const { rule, count, meaning, ids } = finding;
  const more = count > ids.length ? [`  … and ${count - ids.length} more`] : [];
  return [`${paint.bad(rule)} (${count}): ${meaning}`, ...ids.map((id) => `  ${id}`), ...more];
}

function describeFindings(file: string, findings: readonly Finding[]): Failure {
  const kinds =
    findings.length === 1 ? "1 kind of problem" : `${findings.length} kinds of problems`;
  const fix = findings.every(({ isRepairable }) => isRepairable)
    ? "Run `igs engine check --repair`: what is wrong can be put right in one way only."
    : "Put a backup in its place with `igs engine restore`, or do what the findings say.";
  return { code: "unhealthy", message: `${file} has ${kinds}.`, fix };
}
