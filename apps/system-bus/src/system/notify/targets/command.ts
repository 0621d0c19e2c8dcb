import { runShort, type ShortProgramDeps } from "./run-short.ts";
import type { Target } from "./target.ts";

/** A program of the person's own: it gets the message as JSON on its standard input. */
export function createCommand(words: readonly string[], deps: ShortProgramDeps): Target {
  return {
    name: "command",
    async send(notice) {
      await runShort({ words, input: `${JSON.stringify(notice)}\n` }, deps);
      return `${words[0]} has taken it`;
    },
  };
}
