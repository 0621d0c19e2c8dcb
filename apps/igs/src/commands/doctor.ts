import { buildCommand } from "@stricli/core";
import { connectionFlags, text, withExamples } from "./common-flags.ts";

export const doctorCommand = buildCommand({
  loader: async () => (await import("../actions/doctor.ts")).doctor,
  parameters: {
    flags: {
      quick: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Leave out what asks other machines: the archive, a cluster",
      },
      verbose: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "List what is well, too",
      },
      ...connectionFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: text,
          placeholder: "id",
          optional: true,
          brief: "Look at this one thing only, such as programs",
        },
      ],
    },
  },
  docs: {
    brief: "Find what is wrong, and name the command that mends it",
    fullDescription: withExamples(
      "Look at everything that has been known to go wrong: settings and keys, ports, engine and worker, programs and their versions, disks, archive, agents. Each finding says what is wrong, why it matters and what to type. Works with the bus down, and before any setup; changes nothing. What could not be looked at is told. Exit code 0 without faults, 1 with.",
      ["igs doctor", "igs doctor programs", "igs doctor --quick --verbose"],
    ),
  },
});
