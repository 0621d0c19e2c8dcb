// Writes docs/commands.md from the commands' own help; with --check only says whether it is up to date.
//
//   bun apps/igs/src/docs/main.ts [--check]

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Application } from "@stricli/core";
import { createProcessContext } from "../cli-context.ts";
import type { CliContext } from "../context.ts";
import { igs } from "../igs.ts";
import { runCli } from "../run-cli.ts";
import { slog } from "../slog-cli.ts";
import { commandNames } from "./command-names.ts";
import { type CommandHelp, renderCommands } from "./render-commands.ts";

const PAGE = join(import.meta.dir, "../../../../docs/commands.md");

const { values: flags } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const page = renderCommands([...(await helpsOf("igs", igs)), ...(await helpsOf("slog", slog))]);

if (!flags.check) {
  writeFileSync(PAGE, page);
  console.log("docs/commands.md: written");
} else if (readPage() !== page) {
  console.error(
    "docs/commands.md is out of date. Run `bun apps/igs/src/docs/main.ts` and commit what it writes.",
  );
  process.exit(1);
}

async function helpsOf(
  program: string,
  application: Application<CliContext>,
): Promise<readonly CommandHelp[]> {
  const helps: CommandHelp[] = [];
  for (const words of commandNames(application)) {
    const help = await readHelp(program, application, words.split(" "));
    helps.push({ name: `${program} ${words}`, help });
  }
  return helps;
}

async function readHelp(
  program: string,
  application: Application<CliContext>,
  words: readonly string[],
): Promise<string> {
  const written: string[] = [];
  const stdout = { write: (text: string) => void written.push(text) };
  const context: CliContext = {
    ...createProcessContext(program),
    ...{ process: { env: {}, stdout, stderr: stdout }, stdout, stderr: stdout, env: {} },
    ...{ isTerminal: false, terminalColumns: undefined },
  };
  await runCli(application, [...words, "--help"], context);
  return written.join("");
}

function readPage(): string | null {
  try {
    return readFileSync(PAGE, "utf8");
  } catch {
    return null;
  }
}
