import type { Application } from "@stricli/core";
import type { CliContext } from "../context.ts";

type Target = Application<CliContext>["root"];

/** The words that name each command of a command line: `log write`, hidden ones included. */
export function commandNames({ root }: Application<CliContext>): readonly string[] {
  return namesBelow(root, []);
}

function namesBelow(target: Target, words: readonly string[]): readonly string[] {
  if (!("getAllEntries" in target)) return [words.join(" ")];
  return target
    .getAllEntries()
    .flatMap(({ name, target: below }) =>
      namesBelow(below, [...words, name["convert-camel-to-kebab"]]),
    );
}
