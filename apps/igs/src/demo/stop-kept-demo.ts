import type { Io } from "../output/io.ts";
import { type DemoHome, type Remembered, rememberPorts } from "./demo-home.ts";
import { stopKeptBus } from "./kept-bus.ts";

/** `bin/demo --stop`: ends what `--keep` left running. Returns the exit code. */
export async function stopKeptDemo(
  home: DemoHome,
  remembered: Remembered,
  io: Io,
): Promise<number> {
  const stoppedCount = await stopKeptBus(remembered);
  await rememberPorts(home, { ...remembered, kept: undefined });
  const text =
    stoppedCount > 0 ? "The demo's engine and worker have ended." : "No demo was running.";
  io.emit({ type: "stopped", stoppedCount }, text);
  return 0;
}
