/** How one call of a client program, docker or kubectl, came out. */
export interface ClientEnd {
  /** 127 when there is no such program, 124 when its time was over, as shells and `timeout` have it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ClientOptions {
  /** All of its environment. Secrets travel here or in `input`, never in the arguments. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeMaxMs: number;
  /** Ends the client when it aborts. */
  readonly stop?: AbortSignal;
}

export type RunClient = (
  argv: readonly [string, ...string[]],
  options: ClientOptions,
) => Promise<ClientEnd>;

const NOT_THERE = 127;
const ENDED_BY_US = 124;

/**
 * Runs a client in a session of its own: Ctrl-C at the terminal is ours to decide about, a client that
 * is half way through a change ends it first.
 */
export const runClient: RunClient = async ([name, ...args], { env, input, timeMaxMs, stop }) => {
  const path = Bun.which(name, { PATH: env["PATH"] ?? "" });
  if (path === null) return { exitCode: NOT_THERE, stdout: "", stderr: `${name} is not installed` };
  const child = Bun.spawn([path, ...args], {
    env: { ...env },
    stdin: input === undefined ? "ignore" : new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
    timeout: timeMaxMs,
    ...(stop === undefined ? {} : { signal: stop }),
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  if (child.exitCode === null) {
    return {
      exitCode: ENDED_BY_US,
      stdout,
      stderr: `it did not end within ${timeMaxMs / 1_000} s`,
    };
  }
  return { exitCode: child.exitCode, stdout, stderr: stderr.trim() };
};
