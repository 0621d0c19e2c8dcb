import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BusUnderTest } from "./bus-under-test.ts";
import { quantile } from "./statistics.ts";

const WARM_UP_RUNS = 100;

/** Milliseconds from the event's POST to the stored end of its run, one run at a time. */
export async function measureLatency(
  bus: BusUnderTest,
  event: string,
  runCount: number,
): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let index = 0; index < WARM_UP_RUNS + runCount; index += 1) {
    const ended = new Promise<void>((resolve) => bus.onRunEnded(resolve));
    const startedMs = performance.now();
    await bus.send(event);
    await ended;
    if (index >= WARM_UP_RUNS) samples.push(performance.now() - startedMs);
  }
  return samples;
}

/** Runs a second with `inFlight` runs under way at any time. */
export async function measureThroughput(
  bus: BusUnderTest,
  event: string,
  load: { readonly runCount: number; readonly inFlight: number },
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let sentCount = 0;
  let endedCount = 0;
  const sendOne = () => {
    sentCount += 1;
    bus.send(event).catch(reject);
  };
  bus.onRunEnded(() => {
    endedCount += 1;
    if (endedCount === load.runCount) resolve();
    if (sentCount < load.runCount) sendOne();
  });
  const startedMs = performance.now();
  while (sentCount < load.inFlight) sendOne();
  await promise;
  return load.runCount / ((performance.now() - startedMs) / 1_000);
}

/** What one commit costs on this disk: 4 KB appended and synced. */
export function measureCommitMs(): number {
  const file = join(process.env["BENCH_DIR"] ?? tmpdir(), `commit-${process.pid}`);
  const descriptor = openSync(file, "w");
  const page = Buffer.alloc(4096, 1);
  const samples: number[] = [];
  for (let index = 0; index < 300; index += 1) {
    const startedMs = performance.now();
    writeSync(descriptor, page);
    fdatasyncSync(descriptor);
    samples.push(performance.now() - startedMs);
  }
  closeSync(descriptor);
  rmSync(file);
  return quantile(samples, 0.5);
}

/** Resident memory of a process in MB; Linux from /proc, elsewhere from ps. */
export async function readRssMb(pid: number): Promise<number> {
  if (process.platform === "linux") {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
  }
  const ps = Bun.spawn(["ps", "-o", "rss=", "-p", `${pid}`], { stdout: "pipe" });
  return Number((await new Response(ps.stdout).text()).trim()) / 1_024;
}
