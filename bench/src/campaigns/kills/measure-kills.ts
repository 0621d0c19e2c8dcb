import { boundedRow, type Row, row } from "../../row.ts";
import { formatCount } from "../../statistics.ts";
import { type CampaignResult, runKillCampaign } from "./campaign.ts";
import { RULES } from "./checks/violation.ts";
import { MODELLED_IDS } from "./model.ts";

const SHOWN_MAX = 20;

/** The campaign of `bun run bench kills=500 [--seed N]`. */
export async function measureKills(kills: number, seed: number): Promise<readonly Row[]> {
  const result = await runKillCampaign({
    kills,
    seed,
    eventsPerSecond: 20,
    pauseMsMax: 1_500,
    quietMsMax: 120_000,
    onProgress: console.error,
  });
  const { violations, directory } = result;
  for (const { rule, detail } of violations.slice(0, SHOWN_MAX)) {
    console.error(`  ${rule}: ${detail}`);
  }
  if (violations.length > 0) console.error(`  ${violations.length} in all; see ${directory}`);
  return [
    row("seed", `${seed}`),
    ...describeKills(result),
    ...describeLoad(result),
    describeCoverage(result),
    ...RULES.map((rule) => {
      const count = violations.filter((violation) => violation.rule === rule).length;
      return boundedRow(rule, `${count}`, "0", count === 0);
    }),
  ];
}

function describeKills({ killer }: CampaignResult): readonly Row[] {
  const { engine, worker, atStart, inTransaction, copies } = killer.counts;
  const moments = [...killer.momentCounts]
    .map(([moment, count]) => `${moment} ${count}`)
    .join(", ");
  return [
    row("kills of the engine, and of the worker", `${engine}, ${worker}`),
    row(
      "of these while the engine started, in the middle of a transaction",
      `${atStart}, ${inTransaction}`,
    ),
    row("moments waited for", moments),
    row("copies with a torn log opened", `${copies}`),
  ];
}

/** What never ran proves nothing. */
function describeCoverage({ evidence }: CampaignResult): Row {
  const ran = new Set(evidence.runs.map(({ functionId }) => functionId));
  const idle = MODELLED_IDS.filter((id) => !ran.has(id));
  return boundedRow(
    "functions that never ran",
    idle.join(", ") || "none",
    "none",
    idle.length === 0,
  );
}

function describeLoad({ evidence }: CampaignResult): readonly Row[] {
  const { requests, events, runs, steps, executions } = evidence;
  const sent = requests.reduce((count, { numbers }) => count + numbers.length, 0);
  const acknowledged = requests.reduce((count, { ids }) => count + (ids?.length ?? 0), 0);
  const endings = [...Map.groupBy(runs, ({ status }) => status)]
    .map(([status, of]) => `${formatCount(of.length)} ${status}`)
    .join(", ");
  return [
    row("events acknowledged, of those sent", `${formatCount(acknowledged)}, ${formatCount(sent)}`),
    row("events stored, the engine's own counted in", formatCount(events.length)),
    row("runs", endings),
    row(
      "steps stored, executions that were begun",
      `${formatCount(steps.length)}, ${formatCount(executions.length)}`,
    ),
  ];
}
