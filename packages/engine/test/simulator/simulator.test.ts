// Worlds from seeds: README.md tells what is in them. SIMULATOR_SEEDS=100 tries fewer, SIMULATOR_FROM=5000
// others.

import { describe, expect, test } from "bun:test";
import { runCampaign } from "./campaign.ts";
import { findUncovered } from "./coverage.ts";
import { simulate } from "./simulation.ts";

const SEED_COUNT = Number(process.env["SIMULATOR_SEEDS"] ?? 1_000);
const FROM = Number(process.env["SIMULATOR_FROM"] ?? 1);
/** Below this nobody can expect that everything was met. */
const COVERING_SEED_COUNT = 1_000;

describe("a simulated world", () => {
  test("is the same to the byte for the same seed", () => {
    for (const seed of [1, 2, 3]) {
      const [first, second] = [simulate({ seed }), simulate({ seed })];
      expect(second.hash).toBe(first.hash);
      expect(second.lastLines).toEqual(first.lastLines);
    }
    expect(simulate({ seed: 1 }).hash).not.toBe(simulate({ seed: 2 }).hash);
  });

  test(
    `keeps every promise of the engine, whatever happens in it: ${SEED_COUNT} seeds from ${FROM}`,
    () => {
      const { counts } = runCampaign({
        from: FROM,
        seedCount: SEED_COUNT,
        onResult: ({ seed, problem, lastLines }) => {
          if (problem === null) return;
          const command = `bun packages/engine/test/simulator/main.ts --seed ${seed} --verbose`;
          throw new Error(`seed ${seed}: ${problem}\n${lastLines.join("\n")}\nreplay: ${command}`);
        },
      });
      if (SEED_COUNT >= COVERING_SEED_COUNT) expect(findUncovered(counts)).toEqual([]);
    },
    15 * 60_000,
  );
});
