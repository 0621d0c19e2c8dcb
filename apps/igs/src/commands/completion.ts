import { buildChoiceParser, buildCommand } from "@stricli/core";
import { shells } from "../completion/shell-scripts.ts";
import { jsonFlag, withExamples } from "./common-flags.ts";

const DESCRIPTION = `Print the script with which a shell completes igs and slog at the tab key: commands, flags and their
values, names of events, and functions and runs of the engine when it answers at once. To have it in
every shell, put one of these where it belongs; it takes effect in the next shell.

  bash  eval "$(igs completion bash)"  in ~/.bashrc (macOS: ~/.bash_profile)
  zsh   eval "$(igs completion zsh)"   in ~/.zshrc, after compinit
  fish  igs completion fish > ~/.config/fish/completions/igs.fish, and slog.fish`;

export const completionCommand = buildCommand({
  loader: async () => (await import("../actions/completion.ts")).completion,
  parameters: {
    flags: { json: jsonFlag },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: buildChoiceParser(shells),
          proposeCompletions: () => shells,
          placeholder: "shell",
          brief: "bash, zsh or fish",
        },
      ],
    },
  },
  docs: {
    brief: "Print the script that completes commands in bash, zsh or fish",
    fullDescription: withExamples(DESCRIPTION, [
      'eval "$(igs completion bash)"',
      'autoload -U compinit && compinit && eval "$(igs completion zsh)"',
      "igs completion fish | source",
    ]),
  },
});
