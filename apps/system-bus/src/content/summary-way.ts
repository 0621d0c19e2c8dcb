import type { AgentName } from "@system-bus/agents";
import type { SummaryChoice } from "@system-bus/settings";

/** How a summary is made this time. */
export type SummaryWay =
  | { readonly kind: "agent"; readonly name: AgentName; readonly command: string }
  | { readonly kind: "model" }
  | { readonly kind: "extractive"; readonly remark?: string };

/** The agent that a person has asked for by its name; null when none. */
export function agentOf(by: SummaryChoice): AgentName | null {
  return by === "pi" || by === "codex" || by === "claude" ? by : null;
}

/** What `auto` may choose from: pi, as far as it goes here, and whether a model's address is set. */
export interface SummaryMeans {
  readonly pi:
    | { readonly kind: "ready"; readonly command: string }
    /** Nobody has given it a model. */
    | { readonly kind: "unused" }
    /** It is there and does not run. */
    | { readonly kind: "broken"; readonly problem: string };
  readonly isModelSet: boolean;
}

/** The best that is there. It never takes an agent whose costs nobody has agreed to by naming it. */
export function chooseSummaryWay({ pi, isModelSet }: SummaryMeans): SummaryWay {
  if (pi.kind === "ready") return { kind: "agent", name: "pi", command: pi.command };
  if (isModelSet) return { kind: "model" };
  return pi.kind === "broken"
    ? { kind: "extractive", remark: `pi does not run: ${pi.problem}` }
    : { kind: "extractive" };
}
