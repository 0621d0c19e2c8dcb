// Whole loops from seeds: README.md tells what is in them. LOOP_SEEDS=200 tries more, LOOP_FROM=5000 others.

import { expect, test } from "bun:test";
import { addCounts, type Counts } from "./add-counts.ts";
import { simulate } from "./simulate.ts";

const SEED_COUNT = Number(process.env["LOOP_SEEDS"] ?? 12);
const FROM = Number(process.env["LOOP_FROM"] ?? 1);
const SEED_MAX_MS = 60_000;

test(
  `${SEED_COUNT} loops with random faults, from seed ${FROM}, keep all their promises`,
  async () => {
    let counts: Counts = {};
    const problems: string[] = [];
    for (let seed = FROM; seed < FROM + SEED_COUNT; seed += 1) {
      const result = await simulate(seed);
      counts = addCounts(counts, result.counts);
      if (result.problem !== null) {
        problems.push(`bun apps/system-bus/test/loops/main.ts --seed ${seed}: ${result.problem}`);
      }
    }
    expect(problems).toEqual([]);
    // A simulation in which nothing happens keeps every promise, too.
    const wanted = ["agent: answers", "story: passed", "crashes", "doubled", "person: decision"];
    expect(wanted.filter((name) => !counts[name])).toEqual([]);
  },
  SEED_COUNT * SEED_MAX_MS,
);
