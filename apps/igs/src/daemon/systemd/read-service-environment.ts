/** The variables that a unit file gives its program, as `render-service.ts` and people write them. */
export function readServiceEnvironment(text: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [, assignments = ""] of text.matchAll(/^Environment=(.*)$/gm)) {
    for (const word of splitWords(assignments)) {
      const equals = word.indexOf("=");
      if (equals > 0) values[word.slice(0, equals)] = word.slice(equals + 1);
    }
  }
  return values;
}

function splitWords(line: string): readonly string[] {
  const words = line.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']+/g) ?? [];
  return words.map((word) => {
    const isQuoted = word.startsWith('"') || word.startsWith("'");
    const inner = isQuoted ? word.slice(1, -1) : word;
    return inner.replace(/\\(.)/gs, "$1").replaceAll("%%", "%");
  });
}
