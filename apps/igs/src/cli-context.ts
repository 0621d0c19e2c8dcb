import type { CliContext } from "./context.ts";

const SECOND_SIGNAL_EXIT_CODE = 130;

/** The real process as a command's context. */
export function createProcessContext(programName: string): CliContext {
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
    readStdin: () => Bun.stdin.text(),
    listenForStop: once(listenForSignals),
    exit: { code: 0 },
  };
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
