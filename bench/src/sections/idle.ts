import { readCpuSeconds, readRssMb } from "../process-figures.ts";
import { BusUnderTest } from "../processes/bus-under-test.ts";
import { boundedRow, type Row } from "../row.ts";
import { formatMs } from "../statistics.ts";

const SETTLE_MS = 3_000;
const IDLE_MS = 30_000;
const RSS_MB_MAX = 60;
const CPU_PERCENT_MAX = 0.5;
const READY_MS_MAX = 1_000;

export async function measureIdle(): Promise<readonly Row[]> {
  const bus = await BusUnderTest.start({ engine: "embedded", worker: "sdk" });
  try {
    await Bun.sleep(SETTLE_MS);
    const beforeSeconds = await readCpuSeconds(bus.enginePid);
    await Bun.sleep(IDLE_MS);
    const usedMs = ((await readCpuSeconds(bus.enginePid)) - beforeSeconds) * 1_000;
    const cpuPercent = (usedMs / IDLE_MS) * 100;
    const rssMb = await readRssMb(bus.enginePid);
    return [
      boundedRow(
        "engine ready after",
        formatMs(bus.readyMs),
        `≤ ${READY_MS_MAX} ms`,
        bus.readyMs <= READY_MS_MAX,
      ),
      boundedRow(
        "idle, resident memory",
        `${rssMb.toFixed(0)} MB`,
        `≤ ${RSS_MB_MAX} MB`,
        rssMb <= RSS_MB_MAX,
      ),
      boundedRow(
        "idle, of one core",
        `${cpuPercent.toFixed(2)} %`,
        `≤ ${CPU_PERCENT_MAX} %`,
        cpuPercent <= CPU_PERCENT_MAX,
      ),
    ];
  } finally {
    await bus.stop();
  }
}
