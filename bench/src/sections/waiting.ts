import { sendInBatches } from "../load.ts";
import type { BusUnderTest } from "../processes/bus-under-test.ts";
import { BusUnderTest as Bus } from "../processes/bus-under-test.ts";
import { preciseNowMs } from "../processes/messages.ts";
import { boundedRow, type Row, row } from "../row.ts";
import { formatCount, formatMs, quantile } from "../statistics.ts";

const WAITING_RUNS = 100_000;
const RESUMED_RUNS = 1_000;
const SLEEPING_RUNS = 5_000;
const SLEEP_SPREAD_MS = 20_000;
/** For all sleepers to be called the first time, before the first of them wakes. */
const SETTLE_MS = 20_000;
const LOOK_EVERY_MS = 200;
const P99_MS_MAX = 20;

/** How soon a run goes on that waits among a hundred thousand, and how late timers are. */
export async function measureWaiting(): Promise<readonly Row[]> {
  const bus = await Bus.start({ engine: "embedded", worker: "stub" });
  try {
    await makeWait(bus);
    const resumeMs = await measureResumes(bus);
    const lateMs = await measureTimers(bus);
    const p99 = (samples: readonly number[]) => quantile(samples, 0.99);
    const bounded = (what: string, samples: readonly number[]) =>
      boundedRow(what, formatMs(p99(samples)), `≤ ${P99_MS_MAX} ms`, p99(samples) <= P99_MS_MAX);
    return [
      row(`runs waiting`, formatCount(WAITING_RUNS)),
      bounded("event's POST to the call of the run that waits for it, p99", resumeMs),
      bounded("a timer's time to the call of its run, p99", lateMs),
    ];
  } finally {
    await bus.stop();
  }
}

async function makeWait(bus: BusUnderTest): Promise<void> {
  const createEvent = (index: number) => ({ name: "bench/wait", data: { key: `key-${index}` } });
  await sendInBatches(bus, createEvent, { count: WAITING_RUNS / 100, size: 100, inFlight: 4 });
  await untilAllHaveBegun(bus);
}

async function untilAllHaveBegun(bus: BusUnderTest): Promise<void> {
  for (;;) {
    const response = await fetch(`${bus.engineUrl}/api/v2/runs?status=QUEUED&limit=1`);
    const { data } = (await response.json()) as { data: readonly unknown[] };
    if (data.length === 0) return;
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

async function measureResumes(bus: BusUnderTest): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let index = 0; index < RESUMED_RUNS; index += 1) {
    const key = `key-${(index * 97) % WAITING_RUNS}`;
    const resumedAt = new Promise<number>((resolve) => {
      bus.onResumed((message) => {
        if (message.key === key) resolve(message.atMs);
      });
    });
    const sentAtMs = preciseNowMs();
    await bus.send({ name: "bench/resume", data: { key } });
    samples.push((await resumedAt) - sentAtMs);
  }
  return samples;
}

async function measureTimers(bus: BusUnderTest): Promise<readonly number[]> {
  const firstAtMs = Date.now() + SETTLE_MS;
  const dueAtMs = new Map<string, number>();
  const samples: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  bus.onResumed(({ key, atMs }) => {
    samples.push(atMs - (dueAtMs.get(key) ?? 0));
    if (samples.length === SLEEPING_RUNS) resolve();
  });
  const createEvent = (index: number) => {
    const key = `sleeper-${index}`;
    const wakeAtMs = firstAtMs + Math.floor((index / SLEEPING_RUNS) * SLEEP_SPREAD_MS);
    dueAtMs.set(key, wakeAtMs);
    return { name: "bench/sleep", data: { key, wakeAt: new Date(wakeAtMs).toISOString() } };
  };
  await sendInBatches(bus, createEvent, { count: SLEEPING_RUNS / 100, size: 100, inFlight: 4 });
  await untilAllHaveBegun(bus);
  if (Date.now() > firstAtMs) throw new Error("the first sleepers woke while others had not begun");
  await promise;
  return samples;
}
