import { proposeFiles } from "../completion/file-proposals.ts";
import { allowHostFlag, jsonFlag, parsePort, text } from "./common-flags.ts";

/** Of `igs dev` and `igs start`. */
export const bringUpFlags = {
  engine: {
    kind: "parsed",
    parse: parseEngine,
    optional: true,
    placeholder: "kind",
    brief:
      "auto, inngest, docker or embedded; auto takes a server that runs, else the embedded one",
  },
  engineUrl: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "address",
    brief: "Use the server at this address, and start none",
  },
  host: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "address",
    brief: "Where engine and worker listen (127.0.0.1)",
  },
  enginePort: {
    kind: "parsed",
    parse: parsePort,
    optional: true,
    placeholder: "port",
    brief: "Port of the engine; 0 takes a free one (8288)",
  },
  workerPort: {
    kind: "parsed",
    parse: parsePort,
    optional: true,
    placeholder: "port",
    brief: "Port of the worker; 0 takes a free one (3111)",
  },
  vault: {
    kind: "parsed",
    parse: text,
    proposeCompletions: proposeFiles,
    optional: true,
    placeholder: "folder",
    brief: "The Obsidian vault (~/Vault)",
  },
  allowHost: allowHostFlag,
  json: jsonFlag,
} as const;

const ENGINES = ["auto", "inngest", "docker", "embedded"] as const;

function parseEngine(input: string): string {
  if (ENGINES.some((engine) => engine === input)) return input;
  throw new SyntaxError(`expected one of ${ENGINES.join(", ")}, not "${input}"`);
}
