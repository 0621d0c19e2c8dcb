import { join } from "node:path";
import { BusUnderTest } from "../processes/bus-under-test.ts";
import { boundedRow, type Row } from "../row.ts";
import { formatMs, median } from "../statistics.ts";

const RUNS = 15;
const HELP_MS_MAX = 60;
const STATUS_MS_MAX = 150;
const IGS = join(import.meta.dir, "../../../bin/igs");

/** What a person waits for at a prompt: `bin/igs` from its start to its end, its shell script included. */
export async function measureCli(): Promise<readonly Row[]> {
  const bus = await BusUnderTest.start({ engine: "embedded", worker: "sdk" });
  try {
    const help = await measureCommand(bus, ["--help"], (text) => text.includes("USAGE"));
    const status = await measureCommand(bus, ["status"], (text) =>
      // There is an engine to look at; vault and system log are not there, which it says.
      text.includes('"kind":"embedded"'),
    );
    return [
      boundedRow(
        `\`igs --help\`, median of ${RUNS}`,
        formatMs(help),
        `≤ ${HELP_MS_MAX} ms`,
        help <= HELP_MS_MAX,
      ),
      boundedRow(
        `\`igs status\` with an engine that runs, median of ${RUNS}`,
        formatMs(status),
        `≤ ${STATUS_MS_MAX} ms`,
        status <= STATUS_MS_MAX,
      ),
    ];
  } finally {
    await bus.stop();
  }
}

/** In milliseconds. One run before them fills the caches of the disk, as any use before has done. */
async function measureCommand(
  { directory, engineUrl }: BusUnderTest,
  args: readonly string[],
  isRight: (text: string) => boolean,
): Promise<number> {
  const env = {
    ...{ HOME: directory, BUS_HOME: directory, VAULT_PATH: join(directory, "Vault") },
    ...{ PATH: process.env["PATH"], BUN: process.execPath, INNGEST_BASE_URL: engineUrl },
  };
  const samples: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const startedMs = performance.now();
    const child = Bun.spawn([IGS, ...args], { env, stdin: "ignore", stderr: "ignore" });
    const [text] = await Promise.all([child.stdout.text(), child.exited]);
    const ranMs = performance.now() - startedMs;
    if (!isRight(text)) throw new Error(`igs ${args.join(" ")} answered ${text}`);
    if (run > 0) samples.push(ranMs);
  }
  return median(samples);
}
