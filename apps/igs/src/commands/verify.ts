import { buildCommand } from "@stricli/core";
import { connectionFlags, withExamples } from "./common-flags.ts";

const DESCRIPTION = `Try each promise of the bus for real: the dashboard can be opened, the engine knows the worker's functions, a
test event runs, a run goes on after its worker was killed in the middle, runs are kept over a restart
of the engine, and the daemon comes back. What can't be tried says why, and is never called well.

Only parts that igs start, igs dev or the daemon start again are ended, and only when nothing is in the
middle or somebody says yes. Exit code 0 when all that was tried is well, 1 when something failed.`;

export const verifyCommand = buildCommand({
  loader: async () => (await import("../actions/verify.ts")).verify,
  parameters: {
    flags: {
      kill: {
        kind: "boolean",
        optional: true,
        brief: "End worker, engine and daemon for a moment (default); --no-kill leaves that out",
      },
      yes: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Do so also while runs or programs are in the middle",
      },
      ...connectionFlags,
    },
    aliases: { y: "yes" },
  },
  docs: {
    brief: "Try for real that the bus does what it promises",
    fullDescription: withExamples(DESCRIPTION, [
      "igs verify",
      "igs verify --no-kill",
      "igs verify --yes --json",
    ]),
  },
});
