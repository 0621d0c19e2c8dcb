// Runs a program that does not watch its parent, a real Inngest server or Docker's client, and ends it when
// ours is gone: this process does watch (exit-with-parent.ts is preloaded into it). Without it a start that is
// killed leaves a server behind that nobody restarts, and no later stop ends.

import { constants } from "node:os";

const [, , ...argv] = process.argv;
const child = Bun.spawn(argv, { stdin: "ignore", stdout: "inherit", stderr: "inherit" });
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.on(name, () => child.kill(name));
}
const exitCode = await child.exited;
const { signalCode } = child;
const signal = typeof signalCode === "string" ? constants.signals[signalCode] : signalCode;
// As a shell tells it.
process.exit(signal === null ? exitCode : 128 + signal);
