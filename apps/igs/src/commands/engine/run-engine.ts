import { buildCommand } from "@stricli/core";
import { proposeFiles } from "../../completion/file-proposals.ts";
import {
  allowHostFlag,
  jsonFlag,
  parseCount,
  parsePort,
  text,
  withExamples,
} from "../common-flags.ts";

export const ENGINE_DESCRIPTION = `Start the embedded engine alone, without a worker.

It speaks Inngest's protocol over SQLite, for one machine; it is neither Inngest nor endorsed by it.
Flags are named as the real server's where it has them. Without --data or --memory the state lies in
the folder of \`igs start\`; with --dev it is in memory.

It prints one line when it is ready. SIGINT and SIGTERM stop it; what was in hand is due again at the
next start.

Give keys as INNGEST_EVENT_KEY, INNGEST_SIGNING_KEY and INNGEST_SIGNING_KEY_FALLBACK: a command
line, and so a key in a flag, can be read by everyone on the machine.`;

export const ENGINE_EXAMPLES = [
  "igs engine --dev",
  "igs engine --data ./state --port 8290",
  "INNGEST_EVENT_KEY=… INNGEST_SIGNING_KEY=… igs engine --sdk-url http://127.0.0.1:3111/api/inngest",
] as const;

export const runEngineCommand = buildCommand({
  loader: async () => (await import("../../actions/engine.ts")).engine,
  parameters: {
    flags: {
      host: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "address",
        brief: "Where to listen; anything but loopback needs keys (127.0.0.1)",
      },
      port: {
        kind: "parsed",
        parse: parsePort,
        optional: true,
        placeholder: "port",
        brief: "Port to listen on; 0 takes a free one (8288)",
      },
      data: {
        kind: "parsed",
        parse: text,
        proposeCompletions: proposeFiles,
        optional: true,
        placeholder: "folder",
        brief: "Keep the state in this folder",
      },
      memory: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Keep the state in memory only",
      },
      dev: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Dev mode: any event key, no signatures",
      },
      eventKey: {
        kind: "parsed",
        parse: text,
        optional: true,
        variadic: true,
        placeholder: "key",
        brief: "Key that senders must have; better as INNGEST_EVENT_KEY",
      },
      signingKey: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "key",
        brief: "Key that calls are signed with; better as INNGEST_SIGNING_KEY",
      },
      retryInterval: {
        kind: "parsed",
        parse: parseCount,
        optional: true,
        placeholder: "seconds",
        brief: "Fixed pause between attempts, instead of a growing one",
      },
      sdkUrl: {
        kind: "parsed",
        parse: text,
        optional: true,
        variadic: true,
        placeholder: "address",
        brief: "App to register at the start, such as http://127.0.0.1:3111/api/inngest",
      },
      allowHost: allowHostFlag,
      json: jsonFlag,
    },
    aliases: { p: "port", u: "sdkUrl" },
  },
  docs: {
    brief: "Start the embedded engine alone",
    fullDescription: withExamples(ENGINE_DESCRIPTION, ENGINE_EXAMPLES),
  },
});
