// `bun run bench [section …]`: the figures of bench/README.md, with the bounds that they have to keep.
// Engine, worker and this program are three processes. Exits with 1 when a figure is out of its bound.

import { formatTable, type Row } from "./row.ts";
import { measureIdle } from "./sections/idle.ts";
import { measureLatency } from "./sections/latency.ts";
import { measureMillion } from "./sections/million.ts";
import { measureRestart } from "./sections/restart.ts";
import { measureSoak } from "./sections/soak.ts";
import { measureStub } from "./sections/stub.ts";
import { measureThroughput } from "./sections/throughput.ts";
import { measureWaiting } from "./sections/waiting.ts";

/** In the order of the table. The soak alone has to be asked for: it takes as long as one says. */
const SECTIONS = {
  idle: measureIdle,
  latency: measureLatency,
  throughput: measureThroughput,
  stub: measureStub,
  waiting: measureWaiting,
  restart: measureRestart,
  million: measureMillion,
} as const satisfies Record<string, () => Promise<readonly Row[]>>;

const SOAK = /^soak=(\d+)$/;
const USAGE = `bun run bench                  everything but the soak, about five minutes
bun run bench ${Object.keys(SECTIONS).join("|")} …
bun run bench soak=60          steady load for 60 minutes`;

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in SECTIONS) && !SOAK.test(name));
if (unknown !== undefined) {
  console.error(`There is no section "${unknown}".\n${USAGE}`);
  process.exit(2);
}

const rows: Row[] = [];
const report = async (name: string, measure: () => Promise<readonly Row[]>) => {
  console.error(`… ${name}`);
  rows.push(...(await measure()));
};
for (const [name, measure] of Object.entries(SECTIONS)) {
  if (wanted.length === 0 || wanted.includes(name)) await report(name, measure);
}
for (const name of wanted) {
  const minutes = SOAK.exec(name)?.[1];
  if (minutes !== undefined) await report(name, () => measureSoak(Number(minutes)));
}
console.log(formatTable(rows));
process.exit(rows.some(({ holds }) => holds === false) ? 1 : 0);
