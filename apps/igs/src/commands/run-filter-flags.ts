import { proposeFunctionIds } from "../completion/engine-ids.ts";
import { proposeEventNames } from "../completion/event-names.ts";
import { sinceFlag, text, untilFlag } from "./common-flags.ts";

/** The server's statuses; spelled here so that help needs not load the API's client. */
const STATUSES = ["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "SKIPPED"] as const;

const functionFlag = {
  kind: "parsed",
  parse: text,
  proposeCompletions: proposeFunctionIds,
  optional: true,
  placeholder: "id",
  brief: "Only runs of this function",
} as const;

/** Of the commands that choose runs. */
export const runFilterFlags = {
  status: {
    kind: "parsed",
    parse: parseStatus,
    proposeCompletions: () => STATUSES.map((status) => status.toLowerCase()),
    optional: true,
    variadic: true,
    placeholder: "status",
    brief: "Only runs that are queued, running, completed, failed, cancelled or skipped",
  },
  function: functionFlag,
  app: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "id",
    brief: "Only runs of this app's functions",
  },
  event: {
    kind: "parsed",
    parse: text,
    optional: true,
    proposeCompletions: proposeEventNames,
    placeholder: "event",
    brief: "Only runs that this event has started: its id, or a name",
  },
  since: sinceFlag,
  until: untilFlag,
} as const;

function parseStatus(input: string): (typeof STATUSES)[number] {
  const status = STATUSES.find((known) => known === input.toUpperCase());
  if (status) return status;
  throw new SyntaxError(`expected one of ${STATUSES.join(", ").toLowerCase()}, not "${input}"`);
}
