export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the system to its end. Exit code 127 when it isn't there. */
export type RunCommand = (argv: readonly string[]) => Promise<Ran>;

/** A restart waits for the old bus to stop, which has its own, shorter bound. */
const COMMAND_MAX_MS = 120_000;

type Env = Readonly<Record<string, string | undefined>>;

/** `env` is what the command gets, and whose PATH it is looked for on. */
export function createRunCommand(env: Env): RunCommand {
  return async ([program = "", ...args]) => {
    const found = Bun.which(program, { PATH: env["PATH"] ?? "/usr/bin:/bin" });
    if (found === null) return { exitCode: 127, stdout: "", stderr: `${program} is not there` };
    const child = Bun.spawn([found, ...args], {
      // Times and words are read by us: in one language, in one zone.
      env: { ...env, LC_ALL: "C", TZ: "UTC", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: COMMAND_MAX_MS,
    });
    const [stdout, stderr, exitCode] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    return { exitCode, stdout, stderr };
  };
}
