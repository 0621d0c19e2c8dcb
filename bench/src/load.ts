import type { BenchEvent, BusUnderTest } from "./processes/bus-under-test.ts";

/** Milliseconds from the event's POST to the stored end of its run, one run at a time. */
export async function measureLatencies(
  bus: BusUnderTest,
  event: BenchEvent,
  runCount: number,
): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let index = 0; index < runCount; index += 1) {
    const ended = new Promise<void>((resolve) => bus.onRunEnded(resolve));
    const startedMs = performance.now();
    await bus.send(event);
    await ended;
    samples.push(performance.now() - startedMs);
  }
  return samples;
}

export interface Load {
  readonly runCount: number;
  /** Runs under way at any time. */
  readonly inFlight: number;
}

/** Runs a second, a new one sent for each that ends. */
export async function measureRunsPerSecond(
  bus: BusUnderTest,
  createEvent: (index: number) => BenchEvent,
  { runCount, inFlight }: Load,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let sentCount = 0;
  let endedCount = 0;
  const sendOne = () => {
    sentCount += 1;
    bus.send(createEvent(sentCount)).catch(reject);
  };
  bus.onRunEnded(() => {
    endedCount += 1;
    if (endedCount === runCount) resolve();
    if (sentCount < runCount) sendOne();
  });
  const startedMs = performance.now();
  while (sentCount < Math.min(inFlight, runCount)) sendOne();
  await promise;
  return runCount / ((performance.now() - startedMs) / 1_000);
}

/** Sends the events in batches, as many requests at once as `inFlight` says. Returns events a second. */
export async function sendInBatches(
  bus: BusUnderTest,
  createEvent: (index: number) => BenchEvent,
  batches: { readonly count: number; readonly size: number; readonly inFlight: number },
): Promise<number> {
  const { count, size, inFlight } = batches;
  let next = 0;
  const sendSome = async () => {
    while (next < count) {
      const first = next * size;
      next += 1;
      await bus.send(Array.from({ length: size }, (_, index) => createEvent(first + index)));
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: inFlight }, sendSome));
  return (count * size) / ((performance.now() - startedMs) / 1_000);
}
