import { buildCommand } from "@stricli/core";
import { proposeFiles } from "../completion/file-proposals.ts";
import { jsonFlag, parsePort, text, withExamples } from "./common-flags.ts";

const PURPOSES = ["experiment", "persistent", "full"] as const;
const WORKS = ["agents", "background", "both"] as const;
const RUNTIMES = ["bun", "node", "existing"] as const;
const AGENTS = ["codex", "claude", "pi"] as const;
const TIERS = ["0", "1", "2", "3"] as const;
const STARTS = ["daemon", "process", "none"] as const;

const DESCRIPTION = `Set up the bus: ask what it is for, then do what that takes, and end with a bus that runs.

  --for experiment (tier 1)  Inngest in a container; its history goes with the container
  --for persistent (tier 2)  Inngest in a container that Docker starts again, its history in a volume
  --for full       (tier 3)  Inngest in Kubernetes, from infra/k8s/inngest.yaml
  --tier 0                   no Docker: the embedded engine

A container called inngest, the volume inngest-data and the keys of a .env.inngest that are there are taken
over. Run twice, it changes nothing the second time; interrupted, it goes on when it is run again. A flag
answers its question; --yes takes what is proposed for the rest.`;

export const setupCommand = buildCommand({
  loader: async () => (await import("../actions/setup.ts")).setup,
  parameters: {
    flags: {
      for: {
        kind: "parsed",
        parse: (input: string) => oneOf(PURPOSES, input),
        optional: true,
        placeholder: "purpose",
        brief: "What it is for: experiment, persistent or full",
      },
      tier: {
        kind: "parsed",
        parse: parseTier,
        optional: true,
        placeholder: "0-3",
        brief: "The same as a number; 0 is the embedded engine, without Docker",
      },
      work: {
        kind: "parsed",
        parse: (input: string) => oneOf(WORKS, input),
        optional: true,
        placeholder: "kind",
        brief: "What kind of work: agents, background or both",
      },
      worker: {
        kind: "parsed",
        parse: text,
        proposeCompletions: proposeFiles,
        optional: true,
        placeholder: "folder",
        brief: "Write a worker of your own into this folder, too",
      },
      runtime: {
        kind: "parsed",
        parse: (input: string) => oneOf(RUNTIMES, input),
        optional: true,
        placeholder: "runtime",
        brief: "What that worker is made with: bun, node, or existing for the app that is there",
      },
      vault: {
        kind: "parsed",
        parse: text,
        proposeCompletions: proposeFiles,
        optional: true,
        placeholder: "folder",
        brief: "The Obsidian vault; it is made if it isn't there",
      },
      archive: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "place",
        brief: "Where videos are kept for good: a folder, ssh://nas/volume1/videos, or none",
      },
      agents: {
        kind: "parsed",
        parse: parseAgents,
        optional: true,
        placeholder: "names",
        brief: "Which agents coding loops may use, best first, such as codex,claude,pi",
      },
      start: {
        kind: "parsed",
        parse: (input: string) => oneOf(STARTS, input),
        optional: true,
        placeholder: "way",
        brief: "How the bus is started: daemon (over reboots), process, or none",
      },
      enginePort: {
        kind: "parsed",
        parse: parsePort,
        optional: true,
        placeholder: "port",
        brief: "Port of the engine (8288)",
      },
      workerPort: {
        kind: "parsed",
        parse: parsePort,
        optional: true,
        placeholder: "port",
        brief: "Port of the worker (3111)",
      },
      dryRun: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Say what would be done, and do nothing",
      },
      yes: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Ask nothing: take what is proposed",
      },
      json: jsonFlag,
    },
    aliases: { y: "yes" },
  },
  docs: {
    brief: "Set up the bus: engine, keys, vault, and start it",
    fullDescription: withExamples(DESCRIPTION, [
      "igs setup",
      "igs setup --tier 0 --yes",
      "igs setup --for persistent --work both --vault ~/Notes --archive ssh://nas/volume1/videos",
      "igs setup --for persistent --yes --dry-run",
    ]),
  },
});

function parseTier(input: string): 0 | 1 | 2 | 3 {
  const tier = TIERS.indexOf(oneOf(TIERS, input));
  // TIERS holds the numbers in their order.
  return tier as 0 | 1 | 2 | 3;
}

function parseAgents(input: string): readonly (typeof AGENTS)[number][] {
  const names = input.split(",").map((name) => oneOf(AGENTS, name.trim()));
  if (new Set(names).size === names.length) return names;
  throw new SyntaxError(`"${input}" names an agent twice`);
}

function oneOf<const Words extends readonly string[]>(words: Words, input: string): Words[number] {
  const found = words.find((word) => word === input);
  if (found !== undefined) return found;
  throw new SyntaxError(`expected one of ${words.join(", ")}, not "${input}"`);
}
