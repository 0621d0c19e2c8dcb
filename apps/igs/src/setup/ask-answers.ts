// The three questions of seed 000, and those that follow from them. A flag answers its question, so that it
// is not asked. Nothing is changed before the last one is answered.

import type { DockerState } from "../containers/docker-client.ts";
import type { Choice, Prompter } from "../prompts/prompter.ts";
import { readArchive, readOwnWorker, readTier, toOwnWorker } from "./read-answers.ts";
import {
  type SetupAnswers,
  type SetupDefaults,
  type SetupFlags,
  type StartWay,
  type Tier,
  type Work,
  type WorkerRuntime,
  wantsAgents,
} from "./setup-answers.ts";

export interface Asking {
  readonly flags: SetupFlags;
  readonly defaults: SetupDefaults;
  readonly docker: DockerState;
  /** A folder from where one stands. */
  readonly toAbsolute: (path: string) => string;
  readonly findVaultProblem: (path: string) => string | null;
  readonly findArchiveProblem: (archive: string) => string | null;
  readonly canBeDaemon: boolean;
}

export async function askAnswers(prompter: Prompter, asking: Asking): Promise<SetupAnswers> {
  const { flags, defaults } = asking;
  prompter.begin("System Bus: set-up");
  const tier = readTier(flags) ?? (await askTier(prompter, asking));
  const ownWorker = await askOwnWorker(prompter, asking);
  const work =
    flags.work ?? (await prompter.choose("What kind of work?", WORK_CHOICES, defaults.work));
  const vault =
    flags.vault ??
    (await prompter.write(
      "Your Obsidian vault (it is made if it isn't there)",
      defaults.vault,
      asking.findVaultProblem,
    ));
  const archive =
    flags.archive ??
    (await prompter.write(
      "Where videos are kept for good: a folder, ssh://nas/volume1/videos, or none",
      defaults.archive ?? "none",
      (text) => (readArchive(text) === null ? null : asking.findArchiveProblem(text)),
    ));
  const agents =
    flags.agents ?? (wantsAgents(work) ? await askAgents(prompter, defaults) : defaults.agents);
  const start = flags.start ?? (await askStart(prompter, asking, tier));
  return {
    ...{ tier, work, ownWorker, vault, agents, start, archive: readArchive(archive) },
    enginePort: flags.enginePort ?? defaults.enginePort,
    workerPort: flags.workerPort ?? defaults.workerPort,
  };
}

async function askTier(prompter: Prompter, { defaults, docker }: Asking): Promise<Tier> {
  const noDocker = docker.kind === "ready" ? undefined : "Docker is not there";
  const choices: readonly Choice<Tier>[] = [
    {
      value: 1,
      label: "A quick experiment: Inngest in a container that forgets",
      ...hint(noDocker),
    },
    {
      value: 2,
      label: "To stay: Inngest in a container that keeps its history",
      ...hint(noDocker),
    },
    { value: 3, label: "The full thing: Inngest in Kubernetes" },
    {
      value: 0,
      label: "No Docker? Use the embedded engine: it stays, too, and needs nothing else",
    },
  ];
  return prompter.choose("What is it for?", choices, defaults.tier);
}

function hint(text: string | undefined) {
  return text === undefined ? {} : { hint: text };
}

/** Question 2 of seed 000. The bus runs without: its own worker is part of it. */
async function askOwnWorker(prompter: Prompter, { flags, toAbsolute }: Asking) {
  if (flags.worker !== undefined) return readOwnWorker(flags);
  const runtime =
    flags.runtime ??
    (await prompter.choose(
      "Which runtime for a worker of your own, beside the bus' one?",
      RUNTIME_CHOICES,
      "none",
    ));
  if (runtime === "none") return null;
  const question =
    runtime === "existing" ? "The folder of your app" : "The folder for it (it is made)";
  const proposed = runtime === "existing" ? "." : "my-worker";
  const folder = await prompter.write(question, proposed, (text) =>
    text.trim() === "" ? "A folder has a name" : null,
  );
  return toOwnWorker(toAbsolute(folder), runtime);
}

const RUNTIME_CHOICES: readonly Choice<WorkerRuntime | "none">[] = [
  { value: "none", label: "None for now", hint: "`igs new` writes one later" },
  { value: "bun", label: "Bun" },
  { value: "node", label: "Node.js" },
  { value: "existing", label: "I have a Next.js, Express or Hono app already" },
];

const WORK_CHOICES: readonly Choice<Work>[] = [
  { value: "agents", label: "Work of AI agents: coding loops, notes of videos" },
  { value: "background", label: "Background work: schedules, webhooks, data" },
  { value: "both", label: "Both" },
];

async function askAgents(prompter: Prompter, defaults: SetupDefaults) {
  const { foundAgents, agents } = defaults;
  if (foundAgents.length === 0) return agents;
  const choices = foundAgents.map((name) => ({ value: name, label: name }));
  const chosen = await prompter.chooseSome(
    "Which of these agents may coding loops use?",
    choices,
    agents ?? foundAgents,
  );
  return chosen.length === 0 ? null : chosen;
}

async function askStart(
  prompter: Prompter,
  { defaults, canBeDaemon }: Asking,
  tier: Tier,
): Promise<StartWay> {
  if (!canBeDaemon) return defaults.start;
  const isDaemon = await prompter.confirm(
    "Start it with the machine, as a daemon?",
    tier === 1 ? false : defaults.start === "daemon",
  );
  return isDaemon ? "daemon" : "process";
}
