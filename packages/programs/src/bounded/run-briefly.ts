export interface BriefOptions {
  /** All of it; the program is looked for on its PATH. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeMaxMs: number;
  readonly signal?: AbortSignal;
}

export interface BriefEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type RunBriefly = (
  argv: readonly string[],
  options: BriefOptions,
) => Promise<BriefEnd | null>;

/**
 * Asks a program something that it answers at once. Null when it is not there, can't be started or takes too
 * long: then it is killed, and its output is not waited for: a child of its own may hold that open.
 */
export const runBriefly: RunBriefly = async ([name = "", ...args], { env, timeMaxMs, signal }) => {
  const path = Bun.which(name, { PATH: env["PATH"] ?? "" });
  if (path === null || signal?.aborted) return null;
  let child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  try {
    child = Bun.spawn([path, ...args], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  } catch {
    return null;
  }
  const tooLong = Promise.withResolvers<null>();
  const giveUp = () => tooLong.resolve(null);
  const timer = setTimeout(giveUp, timeMaxMs);
  signal?.addEventListener("abort", giveUp, { once: true });
  const finished = Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  const answer = await Promise.race([finished, tooLong.promise]);
  clearTimeout(timer);
  signal?.removeEventListener("abort", giveUp);
  child.kill("SIGKILL");
  if (answer === null) return null;
  const [exitCode, stdout, stderr] = answer;
  return { exitCode, stdout, stderr };
};
