// Each script asks `igs __complete <words>` what fits in the place of the last word, and hands the
// answer to its shell as words, never as code. A word that names igs elsewhere than on the PATH, such as
// ./bin/igs, is asked itself. All of it works in the bash 3.2 of macOS.

import { FILES_LINE, PROPOSALS_WORD } from "./protocol.ts";

export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

const BASH = `# igs and slog in bash: eval "$(igs completion bash)"
_igs_complete() {
  local line current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = ${FILES_LINE} ]; then
      # bash 3.2 has no compopt, and no slash after folders then.
      compopt -o default 2>/dev/null && return
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
      return
    fi
    line=\${line%%$'\\t'*}
    [[ $line == *' '* ]] && printf -v line %q "$line"
    COMPREPLY+=("$line")
  done < <("$1" ${PROPOSALS_WORD} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _igs_complete igs slog
`;

const ZSH = `#compdef igs slog
# igs and slog in zsh: eval "$(igs completion zsh)", or this as the file _igs of a folder in $fpath
_igs() {
  local line proposal tab=$'\\t'
  local -a proposals asked
  asked=("\${(@Q)words[1,CURRENT-1]}" "\${(Q)PREFIX}")
  while IFS= read -r line; do
    if [[ $line == ${FILES_LINE} ]]; then
      _files
      return
    fi
    proposal=\${\${line%%$tab*}//:/\\\\:}
    [[ $line == *$tab?* ]] && proposal+=":\${line#*$tab}"
    proposals+=("$proposal")
  done < <("$asked[1]" ${PROPOSALS_WORD} "\${(@)asked[2,-1]}" 2>/dev/null)
  _describe igs proposals
}
if [ "$funcstack[1]" = _igs ]; then
  _igs "$@"
else
  compdef _igs igs slog
fi
`;

const FISH = `# igs and slog in fish: igs completion fish | source
function __igs_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    test (count $current) -eq 0; and set current ''
    set -l proposals (command $typed[1] ${PROPOSALS_WORD} $typed[2..-1] $current 2>/dev/null)
    if contains -- ${FILES_LINE} $proposals
        __fish_complete_path $current
    else
        printf '%s\\n' $proposals
    end
end
complete -c igs -f -a '(__igs_complete)'
complete -c slog -f -a '(__igs_complete)'
`;

export const shellScripts: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
