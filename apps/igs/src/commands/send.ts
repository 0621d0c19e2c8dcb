import { buildCommand } from "@stricli/core";
import { proposeEventNames } from "../completion/event-names.ts";
import { proposeFiles } from "../completion/file-proposals.ts";
import { parseTimestamp } from "../send/timestamp.ts";
import { connectionFlags, parseTimeout, text, withExamples } from "./common-flags.ts";

const DESCRIPTION = `Send an event to the engine.

The event is held to its schema first: a malformed one is refused, and nothing is sent. A name that
nothing listens for gives a warning, and is sent all the same.

Many at once come from a file (--file) or stdin (-), as a JSON array or one JSON object a line:
{"name": …, "data": {…}}, with id, ts and v if you like; an event without a name takes the one that is
typed. All problems are told with their lines, and nothing is sent before there are none.

With --wait it ends when the runs that were started have ended, and prints what they returned: exit code
1 when one failed.

With --follow the steps that it sets off are shown as they happen, through all runs that follow from
it. It ends with them: exit code 1 when one failed. Ctrl-C stops following; the runs go on.`;

export const sendCommand = buildCommand({
  loader: async () => (await import("../actions/send.ts")).send,
  parameters: {
    flags: {
      file: {
        kind: "parsed",
        parse: text,
        proposeCompletions: proposeFiles,
        optional: true,
        placeholder: "file",
        brief: "Send the events of this file: a JSON array, or one JSON object a line",
      },
      data: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "json",
        brief: "The event's data: JSON, @file, or - for stdin",
      },
      url: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "address",
        brief: "Short for the field url of the data",
      },
      id: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "id",
        brief: "An id of your own: sent twice within 24 hours, it starts each function once",
      },
      ts: {
        kind: "parsed",
        parse: parseTimestamp,
        optional: true,
        placeholder: "time",
        brief: "When it happened: milliseconds since 1970, or a date",
      },
      follow: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Show the steps live until everything it sets off has ended",
      },
      wait: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Wait for the runs that it starts, and print what they return",
      },
      timeout: {
        kind: "parsed",
        parse: parseTimeout,
        optional: true,
        placeholder: "duration",
        brief: "How long to wait or follow at most, such as 30s; the runs go on",
      },
      ...connectionFlags,
    },
    aliases: { d: "data", f: "follow", w: "wait" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: text,
          proposeCompletions: proposeEventNames,
          optional: true,
          placeholder: "event",
          brief: "Name, such as content/summarize; or - for events from stdin",
        },
      ],
    },
  },
  docs: {
    brief: "Send an event, and follow what it sets off",
    fullDescription: withExamples(DESCRIPTION, [
      "igs send pipeline/video.download --url https://example.com/talk.mp4 --follow",
      `igs send system/log --data '{"action":"note","tool":"me","detail":"hello"}'`,
      "igs send content/summarize --data @event.json --id once-only",
      "jq -c . event.json | igs send content/summarize --data -",
      "igs send --file events.ndjson",
      "jq -c '.[] | {name: \"system/log\", data: .}' notes.json | igs send -",
      "igs send content/summarize --data @event.json --wait --timeout 5m",
    ]),
  },
});
