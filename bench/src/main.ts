// `bun run bench [section …]`: the figures of bench/README.md, with the bounds that they have to keep.
// Engine, worker and this program are three processes. Exits with 1 when a figure is out of its bound.

import { constants } from "node:os";
import { parseArgs } from "node:util";
import { measureKills } from "./campaigns/kills/measure-kills.ts";
import { formatTable, type Row } from "./row.ts";
import { measureCli } from "./sections/cli.ts";
import { measureIdle } from "./sections/idle.ts";
import { measureLatency } from "./sections/latency.ts";
import { measureMillion } from "./sections/million.ts";
import { measureRestart } from "./sections/restart.ts";
import { measureSoak } from "./sections/soak.ts";
import { measureStub } from "./sections/stub.ts";
import { measureThroughput } from "./sections/throughput.ts";
import { measureWaiting } from "./sections/waiting.ts";

/** In the order of the table. */
const SECTIONS = {
  idle: measureIdle,
  latency: measureLatency,
  throughput: measureThroughput,
  stub: measureStub,
  waiting: measureWaiting,
  restart: measureRestart,
  million: measureMillion,
  cli: measureCli,
} as const satisfies Record<string, () => Promise<readonly Row[]>>;

/** Those that have to be asked for: they take as long as one says, by `name=number`. */
const CAMPAIGNS = {
  soak: measureSoak,
  kills: measureKills,
} as const satisfies Record<string, (size: number, seed: number) => Promise<readonly Row[]>>;

const CAMPAIGN = /^(\w+)=([1-9]\d*)$/;
const USAGE = `bun run bench                        everything but the campaigns, about five minutes
bun run bench ${Object.keys(SECTIONS).join("|")} …
bun run bench soak=60                steady load for 60 minutes
bun run bench kills=500 [--seed N]   500 kills of the engine under load, about twelve minutes`;

// What was started ends with this process; see `ChildUnderTest` and `BusUnderTest`.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

const { names: wanted, seed } = readArguments();
const rows: Row[] = [];
const report = async (name: string, measure: () => Promise<readonly Row[]>) => {
  console.error(`… ${name}`);
  rows.push(...(await measure()));
};
for (const [name, measure] of Object.entries(SECTIONS)) {
  if (wanted.length === 0 || wanted.includes(name)) await report(name, measure);
}
for (const name of wanted) {
  const campaign = findCampaign(name);
  if (campaign) await report(name, () => campaign.measure(campaign.size, seed));
}
console.log(formatTable(rows));
process.exit(rows.some(({ holds }) => holds === false) ? 1 : 0);

function readArguments(): { readonly names: readonly string[]; readonly seed: number } {
  try {
    const { positionals: names, values } = parseArgs({
      allowPositionals: true,
      options: { seed: { type: "string", default: `${Math.floor(Math.random() * 1_000_000)}` } },
    });
    const unknown = names.find((name) => !(name in SECTIONS) && !findCampaign(name));
    if (unknown !== undefined) throw new Error(`There is no section "${unknown}".`);
    if (!/^\d+$/.test(values.seed)) throw new Error(`The seed "${values.seed}" is no number.`);
    return { names, seed: Number(values.seed) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}

function findCampaign(text: string) {
  const [, name = "", size] = CAMPAIGN.exec(text) ?? [];
  const measure = Object.entries(CAMPAIGNS).find(([known]) => known === name)?.[1];
  return measure && { measure, size: Number(size) };
}
