import type { AgentName } from "@system-bus/agents";
import type { ModelAnswer } from "./model-apis/model-answer.ts";

type ToolCall = Readonly<Record<AgentName, (what: string) => ModelAnswer>>;

/** How each of them is told by its model to run a command. */
export const SHELL: ToolCall = {
  codex: (cmd) => ({ tool: "exec_command", args: { cmd } }),
  claude: (command) => ({ tool: "Bash", args: { command } }),
  pi: (command) => ({ tool: "bash", args: { command } }),
};

/** And to read a file. */
export const READ: ToolCall = {
  codex: (path) => SHELL.codex(`cat ${path}`),
  claude: (file_path) => ({ tool: "Read", args: { file_path } }),
  pi: (path) => ({ tool: "read", args: { path } }),
};
