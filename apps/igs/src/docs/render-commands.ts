export interface CommandHelp {
  /** As it is typed: `igs log write`. */
  readonly name: string;
  /** What `--help` prints. */
  readonly help: string;
}

const HEADING = `# Every command, as its --help tells it

Made from the commands themselves by \`bun apps/igs/src/docs/main.ts\`; a check holds the two together. [cli.md](cli.md)
tells how they go together: exit codes, output for programs, which engine is meant.
`;

/** One section for each command, in the order in which the command line lists them. */
export function renderCommands(commands: readonly CommandHelp[]): string {
  const index = commands.map(({ name }) => `- [\`${name}\`](#${anchorOf(name)})`);
  const sections = commands.map(
    ({ name, help }) => `## ${name}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`,
  );
  return [HEADING, `${index.join("\n")}\n`, ...sections].join("\n");
}

function anchorOf(name: string): string {
  return name.replaceAll(" ", "-");
}
