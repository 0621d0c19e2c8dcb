import { buildCommand } from "@stricli/core";
import { proposeFiles } from "../completion/file-proposals.ts";
import { connectionFlags, parseMoment, text, withExamples } from "./common-flags.ts";

const yesOrNot = { kind: "boolean", optional: true, withNegated: false } as const;

export const migrateCommand = buildCommand({
  loader: async () => (await import("../actions/migrate.ts")).migrate,
  parameters: {
    flags: {
      to: {
        kind: "parsed",
        parse: parseOrigin,
        placeholder: "address",
        brief: "The engine that the runs are to go on at, such as http://127.0.0.1:8288",
      },
      toKeys: {
        kind: "parsed",
        parse: text,
        proposeCompletions: proposeFiles,
        optional: true,
        placeholder: "file",
        brief:
          "Where that engine's keys stand, such as .env.inngest; without it, on this machine, the settings' own",
      },
      cancelSource: {
        ...yesOrNot,
        brief: "Cancel each run here once its events have arrived there",
      },
      function: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "id",
        brief: "Only runs of this function",
      },
      app: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "id",
        brief: "Only runs of this app",
      },
      since: {
        kind: "parsed",
        parse: parseMoment,
        optional: true,
        placeholder: "moment",
        brief: "Only runs queued after this moment, such as 2026-11-21T08:00:00Z",
      },
      until: {
        kind: "parsed",
        parse: parseMoment,
        optional: true,
        placeholder: "moment",
        brief: "Only runs queued before this moment",
      },
      again: { ...yesOrNot, brief: "Send what was sent there before, too" },
      dryRun: { ...yesOrNot, brief: "Show what would be sent, and what can't move" },
      yes: { ...yesOrNot, brief: "Ask nothing: programs have to say so" },
      ...connectionFlags,
    },
    aliases: { y: "yes" },
  },
  docs: {
    brief: "Move unfinished runs to another engine",
    fullDescription: withExamples(
      `Move unfinished runs to another engine: their events are sent there, under their ids and times, and start the runs from their beginning.

Steps that are done here are done once more there. What can't move is listed: runs of schedules, of
invocations and of the engine's own events, and those whose event is no longer kept. Events that a
debounce or a batch still holds have no run yet, and are not seen. Nothing is sent while the target
lacks one of the functions. Ctrl-C ends it after the events in hand; started again, it goes on.`,
      [
        "igs migrate --to http://127.0.0.1:8290 --dry-run",
        "igs migrate --to http://127.0.0.1:8290 --cancel-source",
        "igs migrate --engine-url http://127.0.0.1:8290 --to http://nas.example.ts.net:8288 --to-keys .env.inngest --yes",
      ],
    ),
  },
});

/** An address without a path: engines have their API at the root. */
function parseOrigin(input: string): string {
  const url = URL.canParse(input) ? new URL(input) : null;
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/";
  if (isOrigin && url.search === "" && url.username === "") return url.origin;
  throw new SyntaxError(
    `expected an http or https address without a path, such as http://127.0.0.1:8288, not "${input}"`,
  );
}
