// The engine is killed again and again under load; afterwards everything is looked at. A seed repeats what is
// drawn: which events, moments and targets. What a kill meets is the machine's to choose.

import { BusUnderTest } from "../../processes/bus-under-test.ts";
import { Random } from "../random.ts";
import { checkDatabase } from "./checks/check-database.ts";
import { checkEvidence } from "./checks/check-evidence.ts";
import type { Violation } from "./checks/violation.ts";
import { type Evidence, loadEvidence } from "./evidence.ts";
import { Killer } from "./killer.ts";
import { Load } from "./load.ts";

export interface CampaignOptions {
  readonly kills: number;
  readonly seed: number;
  readonly eventsPerSecond: number;
  /** The longest that the engine is left alone between two kills. */
  readonly pauseMsMax: number;
  /** After the last kill; runs that go on then are stuck. */
  readonly quietMsMax: number;
  readonly onProgress?: (line: string) => void;
}

export interface CampaignResult {
  readonly violations: readonly Violation[];
  readonly evidence: Evidence;
  readonly killer: Killer;
  /** The folder with database and witness, kept when something was found. */
  readonly directory: string;
}

const RETRY_INTERVAL_MS = 500;
const PROGRESS_EVERY = 25;
const LOOK_MS = 200;
/** Debounces and batches hold events for up to two seconds without a run that one could see. */
const HELD_MS = 3_000;

export async function runKillCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const bus = await BusUnderTest.start({
    engine: "embedded",
    worker: "witness",
    settings: { retryIntervalMs: RETRY_INTERVAL_MS },
  });
  const { directory } = bus;
  let result: CampaignResult | null = null;
  try {
    result = await killAndLook(options, bus);
    return result;
  } catch (error) {
    throw new Error(`The campaign broke off; what there is lies in ${directory}.`, {
      cause: error,
    });
  } finally {
    await bus.stop({ keepsDirectory: result?.violations.length !== 0 });
  }
}

async function killAndLook(options: CampaignOptions, bus: BusUnderTest): Promise<CampaignResult> {
  const registeredAtMs = Date.now();
  const { seed, eventsPerSecond, pauseMsMax } = options;
  const { directory } = bus;
  const complaints: Violation[] = [];
  bus.onComplaint((detail) => complaints.push({ rule: "engine complained", detail }));
  const load = new Load({ bus, random: new Random(seed + 1), eventsPerSecond });
  const killer = new Killer({ bus, load, random: new Random(seed), pauseMsMax });
  bus.onWitnessed((message) => {
    load.onWitnessed(message);
    killer.onWitnessed(message);
  });
  load.start();
  try {
    await killAll(options, killer, load);
    await load.stop();
    const quietAtMs = await waitUntilQuiet(bus, options.quietMsMax);
    load.stopTelling();
    await bus.stopEngine();

    const told = { requests: load.requests, registeredAtMs, stoppedAtMs: Date.now(), quietAtMs };
    const evidence = loadEvidence(directory, told);
    const violations = [
      ...checkEvidence(evidence),
      ...(await checkDatabase(directory)),
      ...killer.problems.map((detail) => ({ rule: "torn copy", detail }) as const),
      ...complaints,
    ];
    return { violations, evidence, killer, directory };
  } finally {
    load.stopTelling();
    await load.stop();
  }
}

async function killAll(options: CampaignOptions, killer: Killer, load: Load): Promise<void> {
  const { kills, onProgress = () => {} } = options;
  const startedMs = performance.now();
  let reportedCount = 0;
  while (killer.counts.engine < kills) {
    await killer.round();
    const count = killer.counts.engine;
    if (count < reportedCount + PROGRESS_EVERY) continue;
    reportedCount = count - (count % PROGRESS_EVERY);
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    onProgress(
      `  ${count} kills, ${seconds} s, ${load.acknowledgedCount} of ${load.sentCount} events acknowledged`,
    );
  }
}

/** The moment since which nothing goes on. After `quietMsMax` it is the present, whatever goes on. */
async function waitUntilQuiet(bus: BusUnderTest, quietMsMax: number): Promise<number> {
  const giveUpAtMs = Date.now() + quietMsMax;
  await Bun.sleep(HELD_MS);
  while (Date.now() < giveUpAtMs) {
    const nowMs = Date.now();
    if (!(await goesOn(bus))) return nowMs;
    await Bun.sleep(LOOK_MS);
  }
  return Date.now();
}

async function goesOn(bus: BusUnderTest): Promise<boolean> {
  const response = await fetch(`${bus.engineUrl}/api/v2/runs?status=QUEUED&status=RUNNING&limit=1`);
  const { data } = (await response.json()) as { readonly data: readonly unknown[] };
  return data.length > 0;
}
