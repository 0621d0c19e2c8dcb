// The settings file: `KEY=value` lines, as systemd's EnvironmentFile, Docker and dotenv read them.
//
//   E1. Blank lines and lines that begin with `#` say nothing. `export ` before a name is allowed.
//   E2. A bare value ends at ` #` or at the line's end and is trimmed.
//   E3. 'single quotes' take everything as it stands; "double quotes" know \n \r \t \" \\ and \$.
//   E4. Nothing is ever expanded: `$HOME` is five characters. (`~` is the settings' matter.)
//   E5. A later line wins. Values do not go over several lines.
//   E6. A problem names its line number, never its text: the text may be a key.

export interface EnvFile {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly { readonly line: number; readonly problem: string }[];
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/s;

export function parseEnvFile(text: string): EnvFile {
  const values = new Map<string, string>();
  const problems: { line: number; problem: string }[] = [];
  for (const [index, raw] of splitLines(text).entries()) {
    const trimmed = raw.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const [, name, rest] = ASSIGNMENT.exec(trimmed) ?? [];
    const value = rest === undefined ? null : readValue(rest);
    if (name === undefined) problems.push({ line: index + 1, problem: "is not NAME=value" });
    else if (value === null) problems.push({ line: index + 1, problem: `${name}: bad quotes` });
    else values.set(name, value);
  }
  return { values, problems };
}

/**
 * The same text with the given variables set: a line that sets one is replaced where it stands, the
 * others are added at the end. Comments and order stay as the person left them.
 */
export function setInEnvFile(text: string, values: ReadonlyMap<string, string>): string {
  const left = new Map(values);
  const kept = splitLines(text).flatMap((raw) => {
    const name = ASSIGNMENT.exec(raw.trim())?.[1];
    const isSet = name !== undefined && !raw.trim().startsWith("#") && values.has(name);
    if (!isSet) return [raw];
    const value = left.get(name);
    left.delete(name);
    return value === undefined ? [] : [`${name}=${quote(value)}`];
  });
  while (kept.at(-1)?.trim() === "") kept.pop();
  const added = [...left].map(([name, value]) => `${name}=${quote(value)}`);
  return `${[...kept, ...added].join("\n")}\n`;
}

function splitLines(text: string): string[] {
  return text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
}

/** Null when quotes do not close, or something stands after them. */
function readValue(rest: string): string | null {
  const quoteMark = rest[0];
  if (quoteMark === "'") {
    const [, inner] = /^'([^']*)'\s*(?:#.*)?$/s.exec(rest) ?? [];
    return inner ?? null;
  }
  if (quoteMark === '"') {
    const [, inner] = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/s.exec(rest) ?? [];
    return inner === undefined ? null : inner.replace(/\\(.)/gs, (_, mark) => unescaped(mark));
  }
  return rest.replace(/(^|\s)#.*$/s, "").trim();
}

function unescaped(mark: string): string {
  if (mark === "n") return "\n";
  if (mark === "r") return "\r";
  if (mark === "t") return "\t";
  if (mark === '"' || mark === "\\" || mark === "$") return mark;
  return `\\${mark}`;
}

function quote(value: string): string {
  if (/^[\w./:@%+,~-]*$/.test(value)) return value;
  if (!/['\n\r\t]/.test(value)) return `'${value}'`;
  const escaped = value.replace(/["\\$]/g, (mark) => `\\${mark}`);
  return `"${escaped.replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/\t/g, "\\t")}"`;
}
