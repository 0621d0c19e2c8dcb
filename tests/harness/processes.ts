// Looks at the machine's processes from outside, as a person with `ps` does.

export interface SeenProcess {
  readonly pid: number;
  readonly command: string;
}

/** Shows the environment behind each command line; the flag for it differs. */
const PS_WITH_ENVIRONMENT =
  process.platform === "darwin"
    ? ["ps", "-A", "-E", "-ww", "-o", "pid=,command="]
    : ["ps", "axeww", "-o", "pid=,args="];

const COMMAND_SHOWN_MAX = 160;

/** Living processes that name this folder in their command line or environment. */
export async function findProcessesOf(folder: string): Promise<readonly SeenProcess[]> {
  const lines = (await capture(PS_WITH_ENVIRONMENT)).split("\n");
  return lines.flatMap((line) => {
    const [, pid, command] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    if (!pid || !command?.includes(folder) || Number(pid) === process.pid) return [];
    return [{ pid: Number(pid), command: command.slice(0, COMMAND_SHOWN_MAX) }];
  });
}

/** Command lines of all processes, as everyone on the machine can read them. */
export function listCommandLines(): Promise<string> {
  return capture(["ps", "-A", "-ww", "-o", "args="]);
}

/** False for one that is dead and only waits for its parent to notice. */
export async function isAlive(pid: number): Promise<boolean> {
  const state = (await capture(["ps", "-o", "stat=", "-p", String(pid)])).trim();
  return state !== "" && !state.startsWith("Z");
}

/** Signals a process that may have ended meanwhile. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function capture(argv: readonly string[]): Promise<string> {
  const child = Bun.spawn([...argv], { stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  return child.stdout.text();
}
