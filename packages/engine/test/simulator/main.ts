// Replays one seed, or tries many:
//
//   bun packages/engine/test/simulator/main.ts --seed 7 --verbose
//   bun packages/engine/test/simulator/main.ts --seeds 100000 --from 1

import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.ts";
import { findUncovered } from "./coverage.ts";
import { shrink } from "./shrink.ts";
import { type SimulationResult, simulate } from "./simulation.ts";

const PROGRESS_SEEDS = 1_000;
const LINES_SHOWN = 50;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    verbose: { type: "boolean", default: false },
    /** Kinds of trouble to leave out, as `shrink` names them. */
    without: { type: "string", default: "" },
    events: { type: "string" },
  },
});

if (values.seeds === undefined) replay(Number(values.seed ?? values.from));
else tryMany(Number(values.from), Number(values.seeds));

function replay(seed: number): void {
  const startedAtMs = performance.now();
  const result = simulate({
    seed,
    without: new Set(values.without.split(",").filter((name) => name !== "")),
    ...(values.events !== undefined && { eventsMax: Number(values.events) }),
    ...(values.verbose && { print: (line: string) => console.log(line) }),
  });
  if (result.problem !== null) tell(result, values.verbose ? 0 : LINES_SHOWN);
  const elapsedMs = Math.round(performance.now() - startedAtMs);
  console.log(
    `seed ${seed}: ${result.problem ?? "all held"} (log ${result.hash}, ${elapsedMs} ms)`,
  );
  process.exitCode = result.problem === null ? 0 : 1;
}

function tryMany(from: number, seedCount: number): void {
  const startedAtMs = performance.now();
  const { counts, failedSeeds } = runCampaign({
    from,
    seedCount,
    onResult: (result, { doneCount, failedSeeds: failed }) => {
      if (result.problem !== null) tellShrunk(result);
      if (doneCount % PROGRESS_SEEDS !== 0) return;
      const perSecond = (doneCount / (performance.now() - startedAtMs)) * 1_000;
      console.log(`${doneCount} seeds, ${perSecond.toFixed(1)} a second, ${failed.length} failed`);
    },
  });
  for (const [name, count] of [...counts].sort()) console.log(`${`${count}`.padStart(10)} ${name}`);
  const uncovered = findUncovered(counts);
  if (uncovered.length > 0) console.log(`never met: ${uncovered.join(", ")}`);
  console.log(failedSeeds.length === 0 ? "all held" : `failed: ${failedSeeds.join(", ")}`);
  process.exitCode = failedSeeds.length === 0 ? 0 : 1;
}

function tellShrunk(failed: SimulationResult): void {
  console.log(`seed ${failed.seed} fails: ${failed.problem}`);
  const { options, result } = shrink(failed);
  tell(result, LINES_SHOWN);
  const without = [...(options.without ?? [])].join(",");
  const events = options.eventsMax === undefined ? "" : ` --events ${options.eventsMax}`;
  console.log(`shrunk: --seed ${failed.seed} --without "${without}"${events}`);
}

function tell({ lastLines, problem }: SimulationResult, lineCount: number): void {
  for (const line of lastLines.slice(-lineCount)) if (lineCount > 0) console.log(line);
  console.log(problem);
}
