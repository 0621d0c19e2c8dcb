import { createProcessContext } from "../src/cli-context.ts";
import type { CliContext } from "../src/context.ts";

interface QuietOptions {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a program is to a command: no terminal, nobody to ask. */
export function createQuietContext({ home, env = {} }: QuietOptions) {
  const written: string[] = [];
  const sink = { write: (part: string) => void written.push(part) };
  const context: CliContext = {
    ...createProcessContext("igs"),
    process: { stdout: sink, stderr: sink },
    stdout: sink,
    stderr: sink,
    env: { HOME: home, BUS_HOME: home, ...env },
    cwd: home,
    isTerminal: false,
    terminalColumns: undefined,
    confirm: undefined,
    openAddress: async () => false,
    readStdin: async () => "",
    listenForStop: () => new AbortController().signal,
    exit: { code: 0 },
  };
  return { context, written };
}

/** A command in this process, as a program gets it. */
export async function runAsProgram(
  options: QuietOptions,
  run: (context: CliContext) => Promise<void>,
) {
  const { context, written } = createQuietContext(options);
  await run(context);
  const text = written.join("");
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { exitCode: context.exit.code, text, lines, envelope: lines.at(-1) ?? {} };
}
