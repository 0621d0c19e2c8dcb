// The commands that a SKILL.md names: whole lines of its sh blocks, and those in the midst of sentences.

export interface SkillCommand {
  readonly line: string;
  /** A line of a block is complete; one in a sentence may leave out what the sentence says. */
  readonly isWhole: boolean;
}

export function findCommands(page: string): readonly SkillCommand[] {
  const found: SkillCommand[] = [];
  const prose = page.replaceAll(/^```(\w*)\n([\s\S]*?)^```$/gm, (_, language, body) => {
    if (language === "sh") {
      for (const line of body.split("\n").filter((text: string) => text.trim() !== "")) {
        found.push({ line, isWhole: true });
      }
    }
    return "";
  });
  for (const [, line = ""] of prose.matchAll(/`((?:igs|slog) [a-z][^`\n]*)`/g)) {
    found.push({ line, isWhole: false });
  }
  return found;
}

/** The words before the first flag, value or placeholder that can name a command. */
export function routeOf(line: string): readonly string[] {
  const words = line.split(/\s+/);
  const end = words.findIndex((word) => !/^[a-z]+$/.test(word));
  return end === -1 ? words : words.slice(0, end);
}

/** `--since`, `-n` …: not those within quotes, nor after a pipe. */
export function findFlags(line: string): readonly string[] {
  const [command = ""] = line.replaceAll(/'[^']*'|"[^"]*"/g, "_").split("|");
  return [...command.matchAll(/(?<=\s)(--[a-z][a-z-]*|-[a-z])(?=[\s=]|$)/g)].map(([flag]) => flag);
}

/** The flags that a command's help lists, with their negations and letters. */
export function readKnownFlags(help: string): ReadonlySet<string> {
  const start = help.indexOf("\nFLAGS\n");
  const flags = help.slice(start).split("\n\n")[0] ?? "";
  return new Set(flags.match(/(?<=[\s[/])--?[a-z][a-z-]*/g) ?? []);
}
