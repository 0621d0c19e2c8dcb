export type { AgentName } from "./agent.ts";
export { agentProgram } from "./agent-program.ts";
export type { AgentFailure, AgentFailureKind, AgentResult } from "./agent-result.ts";
export { examineAgent } from "./examine-agent.ts";
export { readAgentResult } from "./read-agent-result.ts";
export { openUsageMeter } from "./usage-meter.ts";
