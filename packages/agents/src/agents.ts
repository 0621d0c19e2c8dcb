import type { Agent, AgentName } from "./agent.ts";
import { claude } from "./claude/claude.ts";
import { codex } from "./codex/codex.ts";
import { pi } from "./pi/pi.ts";

export const agents = { codex, claude, pi } as const satisfies Readonly<Record<AgentName, Agent>>;
