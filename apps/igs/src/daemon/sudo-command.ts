import { shellWord } from "../output/shell-word.ts";
import { PLACE_NAMES } from "./adopt-environment.ts";

/** One line for a person's shell, which does the same as root. `sudo` keeps nothing of an environment. */
export function sudoCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string {
  const places = PLACE_NAMES.flatMap((name) =>
    env[name] === undefined ? [] : [`${name}=${env[name]}`],
  );
  const words = places.length === 0 ? argv : ["env", ...places, ...argv];
  return ["sudo", ...words.map(shellWord)].join(" ");
}
