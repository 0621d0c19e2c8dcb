import type { CliContext } from "./context.ts";

const SECOND_SIGNAL_EXIT_CODE = 130;
const OPENER_WAIT_MS = 1_500;

/** The real process as a command's context. */
export function createProcessContext(programName: string): CliContext {
  const hasPerson = process.stdin.isTTY === true && process.stdout.isTTY === true;
  return {
    programName,
    process: { env: process.env, stdout: process.stdout, stderr: process.stderr },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    isTerminal: process.stdout.isTTY === true,
    // A terminal that does not know its width says 0.
    terminalColumns: (process.stdout.isTTY && process.stdout.columns) || undefined,
    terminalSize: () => {
      const { columns, rows, isTTY } = process.stdout;
      return isTTY && columns && rows ? { columns, rows } : undefined;
    },
    openAddress,
    confirm: hasPerson ? confirmOnTerminal : undefined,
    openPrompter: hasPerson
      ? async () => (await import("./prompts/clack-prompter.ts")).clackPrompter
      : undefined,
    readStdin: () => Bun.stdin.text(),
    listenForStop: once(listenForSignals),
    exit: { code: 0 },
  };
}

/** Anything but yes is no, and so is Ctrl-C. */
async function confirmOnTerminal(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const { promise: closed, resolve: close } = Promise.withResolvers<string>();
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.on("close", () => close(""));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

/** The browser outlives us: it is nobody's child here. */
async function openAddress(address: string): Promise<boolean> {
  const { chooseOpener } = await import("./open/choose-opener.ts");
  const { platform, env } = process;
  const opener = chooseOpener({ platform, env, which: (program) => Bun.which(program) });
  if (opener === null) return false;
  try {
    const child = Bun.spawn([opener, address], {
      stdio: ["ignore", "ignore", "ignore"],
      detached: true,
    });
    // A program that can't open it says so at once; one that waits for its browser has opened it.
    const exitCode = await Promise.race([child.exited, Bun.sleep(OPENER_WAIT_MS)]);
    child.unref();
    return exitCode === undefined || exitCode === 0;
  } catch {
    return false;
  }
}

function listenForSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(SECOND_SIGNAL_EXIT_CODE);
      stop.abort(name);
    });
  }
  return stop.signal;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
