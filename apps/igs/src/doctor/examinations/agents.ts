import { lookAtAgents } from "@system-bus/agents";
import type { LoopTool, SummarySettings } from "@system-bus/settings";
import { z } from "zod";
import { createExamination } from "../examination.ts";
import { installCommand, type Seer } from "../found-programs.ts";
import { fault, type Trouble, type Verdict, warning, wellUnless } from "../verdict.ts";

const AgentSchema = z.object({
  name: z.enum(["codex", "claude", "pi"]),
  isInstalled: z.boolean(),
  version: z.string().nullable(),
  login: z.enum(["yes", "no", "unknown"]),
  problem: z.string().nullable(),
});

type AgentSeen = z.output<typeof AgentSchema>;

export interface AgentFacts {
  readonly by: Seer;
  readonly platform: string;
  readonly agents: readonly AgentSeen[];
  readonly summaryBy: SummarySettings["by"];
  /** Empty where no loop may run. */
  readonly loopTools: readonly LoopTool[];
}

export const agents = createExamination<AgentFacts>({
  id: "agents",
  title: "the agents that the settings name are there and logged in",
  async look(scene, signal) {
    const { summary, loops } = scene.connection().settings;
    const loopTools = loops.projects.length === 0 ? [] : loops.tools;
    const wanted = { platform: scene.platform, summaryBy: summary.by, loopTools };
    if (namedAgents(wanted).length === 0) return { by: "this shell", agents: [], ...wanted };
    if ((await scene.place()) !== null) {
      const seen = await scene.examineWorker("agents", z.array(AgentSchema), signal);
      return { by: "the worker", agents: seen, ...wanted };
    }
    const { env, home, searchPath } = scene;
    const seen = await lookAtAgents(namedAgents(wanted), { env, home, searchPath });
    return { by: "this shell", agents: seen, ...wanted };
  },
  decide(facts): Verdict {
    const named = namedAgents(facts);
    if (named.length === 0) {
      return { kind: "unused", said: "SUMMARY_BY names none, and LOOP_PROJECTS is not set" };
    }
    const isUsable = (name: string) => {
      const seen = facts.agents.find((agent) => agent.name === name);
      return seen?.isInstalled === true && seen.login !== "no" && seen.problem === null;
    };
    const canLoop = facts.loopTools.some(isUsable);
    const needed = new Set<string>([
      ...(isAgent(facts.summaryBy) ? [facts.summaryBy] : []),
      ...(canLoop ? [] : facts.loopTools),
    ]);
    return wellUnless(
      facts.agents
        .filter(({ name }) => named.includes(name))
        .flatMap((agent) => judge(agent, facts, needed.has(agent.name))),
      named.filter(isUsable).join(", "),
    );
  },
});

const LOGINS = { codex: "codex login", claude: "claude auth login", pi: "pi" } as const;

function judge(
  agent: AgentSeen,
  { by, platform }: AgentFacts,
  isNeeded: boolean,
): readonly Trouble[] {
  const { name, isInstalled, login, problem } = agent;
  const tell = isNeeded ? fault : warning;
  const why = isNeeded ? "what is asked of it fails" : "loops go on without it, with fewer eyes";
  if (!isInstalled) {
    // One of several that loops may use, and has not: nothing is wrong.
    if (!isNeeded) return [];
    return [
      tell({
        problem: `${name} is not installed where ${by} looks.`,
        why,
        cure: installCommand(name, platform),
      }),
    ];
  }
  if (problem !== null) {
    return [
      tell({
        problem: `${name} does not run: ${problem}.`,
        why,
        cure: installCommand(name, platform),
      }),
    ];
  }
  if (login !== "no") return [];
  return [
    tell({
      problem: `${name} is not logged in, as ${by} runs it.`,
      why,
      cure: LOGINS[name],
      hint:
        name === "pi"
          ? "Then `/login` in it. A daemon does not see keys that a shell exports."
          : "As the worker's user. A daemon does not see keys that a shell exports.",
    }),
  ];
}

function isAgent(by: SummarySettings["by"]): by is LoopTool {
  return by === "pi" || by === "codex" || by === "claude";
}

function namedAgents({
  summaryBy,
  loopTools,
}: Pick<AgentFacts, "summaryBy" | "loopTools">): readonly LoopTool[] {
  return [...new Set([...(isAgent(summaryBy) ? [summaryBy] : []), ...loopTools])];
}
