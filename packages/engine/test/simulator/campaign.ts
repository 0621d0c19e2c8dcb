import { type SimulationResult, simulate } from "./simulation.ts";

export interface CampaignOptions {
  readonly from: number;
  readonly seedCount: number;
  /** After each seed. */
  readonly onResult?: (result: SimulationResult, progress: CampaignProgress) => void;
}

export interface CampaignProgress {
  readonly doneCount: number;
  readonly failedSeeds: readonly number[];
  /** How often each feature and each fault was met, over all seeds. */
  readonly counts: ReadonlyMap<string, number>;
}

/** One world after the other. */
export function runCampaign({ from, seedCount, onResult }: CampaignOptions): CampaignProgress {
  const counts = new Map<string, number>();
  const failedSeeds: number[] = [];
  let doneCount = 0;
  for (let seed = from; seed < from + seedCount; seed += 1) {
    const result = simulate({ seed });
    doneCount += 1;
    for (const [name, count] of result.counts) counts.set(name, (counts.get(name) ?? 0) + count);
    if (result.problem !== null) failedSeeds.push(seed);
    onResult?.(result, { doneCount, failedSeeds, counts });
  }
  return { doneCount, failedSeeds, counts };
}
