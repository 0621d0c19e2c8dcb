export interface PartedWords {
  readonly words: readonly string[];
  /** What stands before the value in the same word of the shell. */
  readonly prefix: string;
}

/** `--status=f` as `--status f`. bash has parted it already, into three words with the `=` by itself. */
export function partFlags(words: readonly string[]): PartedWords {
  const isEquals = (at: number) => words[at] === "=" && words[at - 1]?.startsWith("--") === true;
  const last = words.length - 1;
  const kept = words.flatMap((word, at) => {
    if (!isEquals(at)) return [word];
    return at === last ? [""] : [];
  });
  const [, flag, value] = /^(--[\w-]+)=(.*)$/s.exec(kept.at(-1) ?? "") ?? [];
  if (flag === undefined || value === undefined) return { words: kept, prefix: "" };
  return { words: [...kept.slice(0, -1), flag, value], prefix: `${flag}=` };
}
