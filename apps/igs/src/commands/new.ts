import { buildCommand } from "@stricli/core";
import { proposeFiles } from "../completion/file-proposals.ts";
import { type Runtime, runtimes } from "../scaffold/runtimes.ts";
import { jsonFlag, parsePort, text, withExamples } from "./common-flags.ts";

const DESCRIPTION = `Write a worker of your own, or add one to an app.

An empty folder, or one that isn't there, becomes a worker for Bun or Node.js: a function that downloads a
file and examines it in steps, its events, a test, a README. Where there is a package.json that names
Next.js, Express or Hono, the functions' files are added, and the lines to add are printed; a file that is
there already is never changed.`;

export const newCommand = buildCommand({
  loader: async () => (await import("../actions/new.ts")).newWorker,
  parameters: {
    flags: {
      runtime: {
        kind: "parsed",
        parse: parseRuntime,
        optional: true,
        placeholder: "runtime",
        brief: `${runtimes.join(", ")}; without it, what the folder is, or bun`,
      },
      name: {
        kind: "parsed",
        parse: parseName,
        optional: true,
        placeholder: "name",
        brief: "The app's name at the engine (the folder's)",
      },
      port: {
        kind: "parsed",
        parse: parsePort,
        optional: true,
        placeholder: "port",
        brief: "Where a worker of its own listens (the first free one beside the bus)",
      },
      json: jsonFlag,
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: text,
          proposeCompletions: proposeFiles,
          placeholder: "folder",
          brief: "The folder to write to",
        },
      ],
    },
  },
  docs: {
    brief: "Write a worker of your own, or add one to a Hono, Express or Next.js app",
    fullDescription: withExamples(DESCRIPTION, [
      "igs new my-worker",
      "igs new my-worker --runtime node --port 3120",
      "igs new ~/code/shop",
    ]),
  },
});

function parseRuntime(input: string): Runtime {
  const found = runtimes.find((name) => name === input);
  if (found !== undefined) return found;
  throw new SyntaxError(`expected one of ${runtimes.join(", ")}, not "${input}"`);
}

/** As it stands in ids and in package.json. */
function parseName(input: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/.test(input)) return input;
  throw new SyntaxError(`expected small letters, digits and hyphens, not "${input}"`);
}
