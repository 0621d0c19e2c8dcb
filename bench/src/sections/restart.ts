import { sendInBatches } from "../load.ts";
import { BusUnderTest } from "../processes/bus-under-test.ts";
import { preciseNowMs } from "../processes/messages.ts";
import { boundedRow, type Row, row } from "../row.ts";
import { formatMs } from "../statistics.ts";

const RUNS = 10_000;
const WORKING_MS_MAX = 1_000;
const SLEEP_MS = 15_000;

/** The engine is killed with ten thousand runs under way; all of them are due when it comes back. */
export async function measureRestart(): Promise<readonly Row[]> {
  const bus = await BusUnderTest.start({ engine: "embedded", worker: "stub" });
  try {
    const wakeAtMs = Date.now() + SLEEP_MS;
    const wakeAt = new Date(wakeAtMs).toISOString();
    const createEvent = (index: number) => ({
      name: "bench/sleep",
      data: { key: `${index}`, wakeAt },
    });
    await sendInBatches(bus, createEvent, { count: RUNS / 100, size: 100, inFlight: 4 });
    await Bun.sleep(SLEEP_MS / 2);
    await bus.killEngine();
    await Bun.sleep(Math.max(wakeAtMs - Date.now(), 0));

    let firstAtMs = Number.NaN;
    const { promise, resolve } = Promise.withResolvers<void>();
    const keys = new Set<string>();
    bus.onResumed(({ key, atMs }) => {
      if (keys.size === 0) firstAtMs = atMs;
      keys.add(key);
      if (keys.size === RUNS) resolve();
    });
    const startedAtMs = preciseNowMs();
    await bus.startEngine();
    await promise;
    const workingMs = firstAtMs - startedAtMs;
    return [
      boundedRow(
        "restart after kill -9 with 10,000 runs due, to the first call",
        formatMs(workingMs),
        `≤ ${WORKING_MS_MAX} ms`,
        workingMs <= WORKING_MS_MAX,
      ),
      row("the same, until all of them have gone on", formatMs(preciseNowMs() - startedAtMs)),
    ];
  } finally {
    await bus.stop();
  }
}
