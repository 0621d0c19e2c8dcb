import type { AgentName } from "@system-bus/agents";

export interface Independence {
  /** Agents that are there, best first. */
  readonly tools: readonly AgentName[];
  /** Who made the code. */
  readonly implementor: AgentName;
}

/** Who writes the tests: another than the implementor, where there is one. */
export function pickReviewer({ tools, implementor }: Independence): AgentName {
  return tools.find((tool) => tool !== implementor) ?? implementor;
}

/** Who judges: neither the implementor nor the writer of the tests, where there are three. */
export function pickJudge(question: Independence): AgentName {
  const { tools, implementor } = question;
  const reviewer = pickReviewer(question);
  const third = tools.find((tool) => tool !== implementor && tool !== reviewer);
  return third ?? reviewer;
}
