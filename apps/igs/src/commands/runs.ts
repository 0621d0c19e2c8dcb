import { buildCommand } from "@stricli/core";
import { connectionFlags, limitFlag, text, withExamples } from "./common-flags.ts";

/** The server's statuses; spelled here so that help needs not load the API's client. */
const STATUSES = ["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "SKIPPED"] as const;

export const runsCommand = buildCommand({
  loader: async () => (await import("../actions/runs.ts")).runs,
  parameters: {
    flags: {
      status: {
        kind: "parsed",
        parse: parseStatus,
        optional: true,
        variadic: true,
        placeholder: "status",
        brief: "Only runs that are queued, running, completed, failed, cancelled or skipped",
      },
      function: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "id",
        brief: "Only runs of this function",
      },
      limit: limitFlag,
      ...connectionFlags,
    },
    aliases: { n: "limit" },
  },
  docs: {
    brief: "List runs, newest first",
    fullDescription: withExamples("List runs, newest first, with their status and error.", [
      "igs runs",
      "igs runs --status failed",
      "igs runs --function video-download -n 5 --json",
    ]),
  },
});

function parseStatus(input: string): (typeof STATUSES)[number] {
  const status = STATUSES.find((known) => known === input.toUpperCase());
  if (status) return status;
  throw new SyntaxError(`expected one of ${STATUSES.join(", ").toLowerCase()}, not "${input}"`);
}
