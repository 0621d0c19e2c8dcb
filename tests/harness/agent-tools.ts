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

/** And to write a file, by its own tool for that. */
export const WRITE: ToolCall = {
  codex: (path) =>
    SHELL.codex(
      `apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: ${path}\n+a line\n*** End Patch\nEOF`,
    ),
  claude: (file_path) => ({ tool: "Write", args: { file_path, content: "a line\n" } }),
  pi: (path) => ({ tool: "write", args: { path, content: "a line\n" } }),
};
