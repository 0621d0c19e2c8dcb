export interface NamedText {
  readonly path: string;
  readonly text: string;
}

/** A list as it stands in a prompt; numbered where something refers to its items. */
export function listLines(
  items: readonly string[],
  { isNumbered }: { readonly isNumbered: boolean } = { isNumbered: false },
): string {
  return items.map((item, index) => `${isNumbered ? `${index + 1}.` : "-"} ${item}`).join("\n");
}

/** Between fences longer than any that the text holds. */
export function quote(text: string): string {
  const runs = [...text.matchAll(/`{3,}/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(2, ...runs) + 1);
  return `${fence}\n${text}\n${fence}`;
}

/** Several files as one text. */
export function joinFiles(files: readonly NamedText[]): string {
  return files.map(({ path, text }) => `==> ${path} <==\n${text.trim()}`).join("\n\n");
}

/** A command as a person would read it; it is never given to a shell. */
export function commandText(command: readonly string[]): string {
  return command
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(" ");
}
