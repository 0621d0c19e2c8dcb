import { buildCommand, buildRouteMap } from "@stricli/core";
import { connectionFlags, limitFlag, text, withExamples } from "./common-flags.ts";

const nameFlag = {
  kind: "parsed",
  parse: text,
  optional: true,
  placeholder: "event",
  brief: "Only events of this name",
} as const;

const listCommand = buildCommand({
  loader: async () => (await import("../actions/events.ts")).events,
  parameters: {
    flags: { name: nameFlag, limit: limitFlag, ...connectionFlags },
    aliases: { n: "limit" },
  },
  docs: {
    brief: "List the events that the engine received, newest first",
    fullDescription: withExamples("List the events that the engine received, newest first.", [
      "igs events",
      "igs events --name pipeline/video.download -n 3",
    ]),
  },
});

const tailCommand = buildCommand({
  loader: async () => (await import("../actions/events-tail.ts")).eventsTail,
  parameters: {
    flags: {
      name: nameFlag,
      limit: limitFlag,
      follow: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Go on with the events to come, until Ctrl-C",
      },
      internal: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "The engine's own events (inngest/…), too",
      },
      ...connectionFlags,
    },
    aliases: { n: "limit", f: "follow" },
  },
  docs: {
    brief: "Show the last events, oldest first, and those to come",
    fullDescription: withExamples(
      "Show the last events that the engine received, oldest first, and with --follow those to come; an engine that is restarted is waited for. Programs get one JSON object a line.",
      [
        "igs events tail -f",
        "igs events tail -f --name pipeline/video.downloaded -n 1",
        "igs events tail -f --json | jq -c 'select(.type == \"event\") | .data'",
      ],
    ),
  },
});

/** `igs events` alone lists. */
export const eventsRoutes = buildRouteMap({
  routes: { list: listCommand, tail: tailCommand },
  defaultCommand: "list",
  docs: { brief: "List the events that the engine received; tail them" },
});
