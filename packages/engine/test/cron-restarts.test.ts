// A thousand restarts at random moments, on virtual time, through all changes of clock of three time zones:
// while the engine runs no time of a schedule is left out, late or taken twice; after downtime the last
// missed one is made up for, once (K1, K2 of `runtime/intake/cron-runs.ts`). CRON_SEED=7 repeats a seed,
// CRON_RESTARTS=10000 goes on for longer.

import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nextCronMs } from "../src/core/cron.ts";
import { openDatabase } from "../src/store/database.ts";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import { createConfig, op, RawEngine, registration } from "./raw-engine.ts";
import { Random } from "./simulator/world/random.ts";

const SEED = Number(process.env["CRON_SEED"] ?? Math.floor(Math.random() * 1_000_000));
const RESTARTS = Number(process.env["CRON_RESTARTS"] ?? 500);
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const CRONS: Readonly<Record<string, readonly string[]>> = {
  "two-at-once": ["* * * * *", "*/7 * * * *"],
  berlin: ["TZ=Europe/Berlin 30 2 * * *"],
  "new-york": ["TZ=America/New_York 15 1-3 * * *"],
  "lord-howe": ["TZ=Australia/Lord_Howe */20 1-2 * * *", "TZ=Australia/Lord_Howe 10 * * * *"],
  every: ["@every 90s", "@hourly"],
  "jitter-short": ["*/10 * * * *"],
  "jitter-long": ["*/2 * * * *"],
};
/** In seconds. */
const JITTERS: Readonly<Record<string, number>> = { "jitter-short": 30, "jitter-long": 300 };

/** From when on an engine ran, and when it was gone. */
interface UpTime {
  readonly fromMs: number;
  readonly untilMs: number;
  /** False for one that was gone before its first turn was over: it may have done what was due, or not. */
  readonly hasLived: boolean;
}

/** A run that was started: the time that it stands for, and when it was. */
interface Start {
  readonly scheduledAtMs: number;
  readonly startedAtMs: number;
}

let path: string;
afterEach(() => rmSync(path, { recursive: true, force: true }));

test.each([
  ["spring", "2040-03-08T00:00:00Z"],
  ["autumn", "2040-10-04T00:00:00Z"],
])(
  `in %s no time is missed while up, none is doubled (seed ${SEED}, ${RESTARTS} restarts)`,
  async (_, beginsAt) => {
    path = mkdtempSync(join(tmpdir(), "engine-crons-"));
    const random = new Random(SEED);
    const { upTimes, beganAtMs } = await live(() => random.next(), Date.parse(beginsAt));
    const starts = readStarts();
    const endedAtMs = upTimes.at(-1)?.untilMs ?? 0;
    for (const [name, crons] of Object.entries(CRONS)) {
      for (const cron of crons) {
        const own = starts.get(`app-${name} ${cron}`) ?? [];
        const startsByTime = Map.groupBy(own, ({ scheduledAtMs }) => scheduledAtMs);
        const times = listTimes(cron, beganAtMs, endedAtMs);
        const spreadMs = (JITTERS[name] ?? 0) * SECOND_MS;
        const problems = findProblems({ times, startsByTime, spreadMs, upTimes });
        expect({ cron, problems }).toEqual({ cron, problems: [] });
        expect(own.length).toBeGreaterThan(0);
      }
    }
  },
  120_000,
);

/** Runs the engine again and again; each of its lives ends in a stop, a crash, or before it has begun. */
async function live(random: () => number, beginsAtMs: number) {
  const clock = new VirtualClock(beginsAtMs + Math.floor(random() * HOUR_MS));
  const beganAtMs = clock.nowMs();
  const upTimes: UpTime[] = [];
  for (let restart = 0; restart < RESTARTS; restart += 1) {
    const { engine, crash } = open(clock);
    if (restart === 0) await register(engine);
    const fromMs = clock.nowMs();
    const hasLived = restart === 0 || random() > 0.05;
    if (hasLived) {
      await engine.settle();
      await runFor(engine, draw(random, [0, 20 * SECOND_MS, 3 * MINUTE_MS, 14 * MINUTE_MS]));
      // What is due now, and a sync that changes something, are on their way when the engine goes.
      if (random() < 0.5) clock.advanceMs(Math.max((clock.nextWakeMs() ?? 0) - clock.nowMs(), 0));
      if (random() < 0.3) register(engine, `sync-${restart}`).catch(() => {});
    }
    await turns(Math.floor(random() * 4));
    upTimes.push({ fromMs, untilMs: clock.nowMs(), hasLived });
    if (random() < 0.6) crash();
    engine.stop();
    clock.advanceMs(
      draw(random, [0, SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, 2 * HOUR_MS, 12 * HOUR_MS]),
    );
  }
  // The last downtime, too, is made up for.
  const { engine } = open(clock);
  const fromMs = clock.nowMs();
  await engine.settle();
  await runFor(engine, 15 * MINUTE_MS);
  upTimes.push({ fromMs, untilMs: clock.nowMs(), hasLived: true });
  engine.stop();
  return { upTimes, beganAtMs };
}

function open(clock: VirtualClock) {
  let db: Database | undefined;
  const engine = new RawEngine({
    clock,
    storage: { kind: "directory", path },
    openDatabase: (file) => {
      db = openDatabase(file);
      // No power fails here; what a crash takes is taken by `crash`.
      db.exec("PRAGMA synchronous = OFF");
      return db;
    },
    answer: () => ({ body: [op.complete()] }),
  });
  /** What this turn has written, and nobody has been told of, is lost. */
  const crash = () => {
    if (db?.inTransaction) db.exec("ROLLBACK");
  };
  return { engine, crash };
}

async function register(engine: RawEngine, event = "first"): Promise<void> {
  const functions = Object.entries(CRONS).map(([name, crons]) => {
    const jitter = JITTERS[name];
    const triggers = crons.map((cron) => ({
      kind: "cron" as const,
      cron,
      ...(jitter === undefined ? {} : { jitter: `${jitter}s` }),
    }));
    return createConfig({
      slug: `app-${name}`,
      triggers: [{ kind: "event", event }, ...triggers],
    });
  });
  await engine.register(registration(functions));
}

/** Time stands still while something is going on. */
async function runFor(engine: RawEngine, durationMs: number): Promise<void> {
  const { clock } = engine;
  const untilMs = clock.nowMs() + durationMs;
  for (;;) {
    const nextMs = Math.min(clock.nextWakeMs() ?? untilMs, untilMs);
    clock.advanceMs(Math.max(nextMs - clock.nowMs(), 0));
    await engine.settle();
    if (nextMs === untilMs) return;
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

/** A duration up to one of the bounds. */
function draw(random: () => number, boundsMs: readonly number[]): number {
  const boundMs = boundsMs[Math.floor(random() * boundsMs.length)] ?? 0;
  return Math.floor(random() * boundMs);
}

/** The runs that were started, by the function and the schedule. */
function readStarts(): Map<string, Start[]> {
  const db = new Database(join(path, "engine.db"), { readonly: true });
  const rows = db
    .query<{ slug: string; payloadJson: string; startedAtMs: number }, []>(
      `SELECT f.slug, e.payload_json AS payloadJson, r.queued_at_ms AS startedAtMs
       FROM runs r JOIN functions f ON f.id = r.function_id
       JOIN events e ON e.internal_id = r.event_internal_id`,
    )
    .all();
  db.close();
  const starts = new Map<string, Start[]>();
  for (const { slug, payloadJson, startedAtMs } of rows) {
    const { data } = JSON.parse(payloadJson) as { data: { cron: string; scheduledAt: string } };
    const key = `${slug} ${data.cron}`;
    const start = { scheduledAtMs: Date.parse(data.scheduledAt), startedAtMs };
    starts.set(key, [...(starts.get(key) ?? []), start]);
  }
  return starts;
}

interface Picture {
  readonly times: readonly number[];
  readonly startsByTime: ReadonlyMap<number, readonly Start[]>;
  /** How much later than planned a run may start. */
  readonly spreadMs: number;
  readonly upTimes: readonly UpTime[];
}

function findProblems(picture: Picture): string[] {
  const problems = [
    ...findWrongStarts(picture),
    ...picture.upTimes.flatMap((upTime) => (upTime.hasLived ? findMissed(picture, upTime) : [])),
    ...(picture.spreadMs === 0 ? findCrowds(picture) : []),
  ];
  return problems.map(([problem, atMs]) => `${problem} ${new Date(atMs).toISOString()}`);
}

type Problem = [problem: string, atMs: number];

function findWrongStarts({ times, startsByTime }: Picture): Problem[] {
  const known = new Set(times);
  return [...startsByTime].flatMap(([atMs, starts]): Problem[] => [
    ...(starts.length > 1 ? [["doubled", atMs] satisfies Problem] : []),
    ...(known.has(atMs) ? [] : [["is no time of it", atMs] satisfies Problem]),
    ...(starts.some((start) => start.startedAtMs < atMs)
      ? [["early", atMs] satisfies Problem]
      : []),
  ]);
}

/** The last time that came before this life of the engine, and all that came in it. */
function findMissed(picture: Picture, { fromMs, untilMs }: UpTime): Problem[] {
  const { times, startsByTime, spreadMs } = picture;
  const problems: Problem[] = [];
  const lastMs = times.findLast((atMs) => atMs + spreadMs <= fromMs);
  if (lastMs !== undefined && untilMs - fromMs > spreadMs && !startsByTime.has(lastMs)) {
    problems.push(["not made up for", lastMs]);
  }
  for (const atMs of times.filter((time) => time > fromMs && time + spreadMs < untilMs)) {
    const [start] = startsByTime.get(atMs) ?? [];
    if (!start) problems.push(["missed", atMs]);
    else if (start.startedAtMs > atMs + spreadMs) problems.push(["late", atMs]);
  }
  return problems;
}

/** Of the times that a downtime left out one is made up for. */
function findCrowds({ times, startsByTime, upTimes }: Picture): Problem[] {
  return upTimes.slice(1).flatMap(({ fromMs }, index): Problem[] => {
    const goneAtMs = upTimes[index]?.untilMs ?? 0;
    const missed = times.filter((atMs) => atMs > goneAtMs && atMs <= fromMs);
    const taken = missed.filter((atMs) => startsByTime.has(atMs));
    return taken.length > 1 ? [["more than one was made up for until", fromMs]] : [];
  });
}

function listTimes(cron: string, afterMs: number, untilMs: number): number[] {
  const times: number[] = [];
  for (let atMs = nextCronMs(cron, afterMs); atMs !== null && atMs <= untilMs; ) {
    times.push(atMs);
    atMs = nextCronMs(cron, atMs);
  }
  return times;
}
