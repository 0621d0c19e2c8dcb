// Puts the samples into the page. The prose is the page's own; a code block that follows a mark is the sample's.
// Pure: a check compares the page with what comes out.

const MARK = /^<!-- sample: (\S+) -->\n\n```(\w+)\n[\s\S]*?^```$/gm;

/** The samples of one file, by name, as far to the left as they go. */
export function readSamples(source: string): ReadonlyMap<string, string> {
  const parts = source.matchAll(/^([ \t]*)\/\/ #sample ([\w-]+)\n([\s\S]*?)^[ \t]*\/\/ #end$/gm);
  return new Map(
    [...parts].map(([, indent = "", name = "", text = ""]) => [
      name,
      text.trimEnd().replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    ]),
  );
}

/** Throws for a mark without a sample, and for a sample without a mark. */
export function fillPage(page: string, samples: ReadonlyMap<string, string>): string {
  const unused = new Set(samples.keys());
  const filled = page.replaceAll(MARK, (_, name: string, language: string) => {
    const text = samples.get(name);
    if (text === undefined) throw new Error(`the page names a sample that is not there: ${name}`);
    unused.delete(name);
    return `<!-- sample: ${name} -->\n\n\`\`\`${language}\n${text}\n\`\`\``;
  });
  if (unused.size > 0) throw new Error(`the page lacks ${[...unused].join(", ")}`);
  return filled;
}
