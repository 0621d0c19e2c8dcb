import type { ProgramSeen } from "../follow/program-feed.ts";
import type { Io } from "../output/io.ts";
import type { DemoBus } from "./demo-bus.ts";
import type { DemoHome } from "./demo-home.ts";

/** How long engine and worker stay dead: enough to see that the program doesn't. */
const DEAD_MS = 1_500;
const COLUMNS_MAX = 90;

export interface CrashOptions {
  readonly bus: DemoBus;
  readonly home: DemoHome;
  readonly io: Io;
}

/** Kills engine and worker once in each step that has a program at work, and starts them again. */
export function createCrashes(
  options: CrashOptions,
): (programs: readonly ProgramSeen[]) => Promise<void> {
  const crashedIn = new Set<string>();
  return async (programs) => {
    const program = programs.find(
      ({ state, stepId }) => state === "running" && !crashedIn.has(stepId),
    );
    if (!program) return;
    crashedIn.add(program.stepId);
    await crash(options, program.stepId);
  };
}

async function crash({ bus, home, io }: CrashOptions, stepId: string): Promise<void> {
  const say = (text: string) => io.emit({ type: "crash" }, text);
  const { enginePid, workerPid } = bus.pids;
  await bus.kill();
  say(
    io.paint.bad(
      `\n  ✂ kill -9 ${enginePid} ${workerPid}: engine and worker are dead, in the middle of ${stepId}`,
    ),
  );
  await Bun.sleep(DEAD_MS);
  const living = await listProgramsAtWork(home);
  for (const line of living) say(`    ${io.paint.faint("goes on without them:")} ${line}`);
  if (living.length === 0) say(io.paint.faint("    (the program ended by itself meanwhile)"));
  // Not interrupted by Ctrl-C: only a worker that is there can end the program that goes on.
  await bus.start(new AbortController().signal);
  const now = bus.pids;
  say(io.paint.good(`  ↻ started again: engine ${now.enginePid}, worker ${now.workerPid}\n`));
}

/** Programs whose command line names the demo's folder, as `ps` shows them on Linux and macOS alike. */
async function listProgramsAtWork(home: DemoHome): Promise<string[]> {
  const ps = Bun.spawn(["ps", "-A", "-ww", "-o", "pid=,command="], { stdout: "pipe" });
  const lines = (await new Response(ps.stdout).text()).split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line.includes(home.bus) && !line.includes(process.execPath))
    .map((line) => (line.length > COLUMNS_MAX ? `${line.slice(0, COLUMNS_MAX - 1)}…` : line));
}
