// Replays one seed, or tries many:
//
//   bun apps/system-bus/test/loops/main.ts --seed 7
//   bun apps/system-bus/test/loops/main.ts --seeds 1000 --from 1

import { parseArgs } from "node:util";
import { addCounts, type Counts } from "./add-counts.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
  },
});

if (values.seed === undefined) await tryMany(Number(values.from), Number(values.seeds));
else await replay(Number(values.seed));

async function replay(seed: number): Promise<void> {
  const { problem, counts } = await simulate(seed, (line) => console.log(line));
  console.log(counts);
  console.log(`seed ${seed}: ${problem ?? "all held"}`);
  process.exitCode = problem === null ? 0 : 1;
}

async function tryMany(from: number, count: number): Promise<void> {
  let [failed, counts]: [number, Counts] = [0, {}];
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await simulate(seed);
    counts = addCounts(counts, result.counts);
    if (result.problem !== null) {
      failed += 1;
      console.log(`seed ${seed}: ${result.problem}`);
    }
    if ((seed - from + 1) % 50 === 0) console.log(`${seed - from + 1} loops, ${failed} failed`);
  }
  for (const [name, sum] of Object.entries(counts).sort()) console.log(`${sum} ${name}`);
  console.log(`${count} loops from ${from}, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
