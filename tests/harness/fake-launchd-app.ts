// launchd as far as one job needs it, on machines that are no Mac. It really starts what the plist says, keeps
// it alive, throttles, stops with SIGTERM and then SIGKILL, and answers launchctl as macOS 26 does:
//
//   - bootout answers at once; the service is known until its process has ended, a second one gets 36;
//   - bootstrap of a service that is known gets 5 (also while it drains), of a domain that isn't there 125;
//   - kickstart starts what waits, leaves alone what runs, and with -k kills with SIGKILL;
//   - print of an unknown service gets 113;
//   - a job whose working folder or output folder is missing does not start: 78: EX_CONFIG;
//   - a job gets the four system folders as PATH, and what its plist says.
//
// Usage: fake-launchd-app.ts SOCKET. FAKE_THROTTLE_SCALE shortens the throttle, FAKE_NO_GUI=1 is a Mac at whose
// screen nobody is logged in.

import { closeSync, existsSync, openSync } from "node:fs";
import { dirname } from "node:path";

interface Plist {
  readonly Label: string;
  readonly UserName?: string;
  readonly ProgramArguments: readonly [string, ...string[]];
  readonly WorkingDirectory?: string;
  readonly EnvironmentVariables?: Readonly<Record<string, string>>;
  readonly RunAtLoad?: boolean;
  readonly KeepAlive?: boolean;
  readonly ThrottleInterval?: number;
  readonly ExitTimeOut?: number;
  readonly ProcessType?: string;
  readonly StandardOutPath: string;
}

interface Answer {
  readonly exitCode: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

const throttleScale = Number(process.env.FAKE_THROTTLE_SCALE ?? 1);
const guiDomain = `gui/${process.getuid?.() ?? 501}`;
const domains = process.env.FAKE_NO_GUI ? ["system"] : ["system", guiDomain];
const EX_CONFIG = "78: EX_CONFIG";
const SPAWN_TYPES: Readonly<Record<string, string>> = {
  Interactive: "interactive (4)",
  Background: "background (5)",
};

class Job {
  readonly target: string;
  readonly path: string;
  readonly plist: Plist;
  runCount = 0;
  isLeaving = false;
  #child: Bun.Subprocess | null = null;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #lastExit = "last exit code = (never exited)";
  #waiting: ReturnType<typeof setTimeout> | null = null;

  constructor(target: string, path: string, plist: Plist) {
    this.target = target;
    this.path = path;
    this.plist = plist;
  }

  start(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
    this.#startedAtMs = performance.now();
    this.runCount += 1;
    const { plist } = this;
    const cwd = plist.WorkingDirectory ?? "/";
    if (!existsSync(cwd) || !existsSync(dirname(plist.StandardOutPath))) {
      this.#lastExit = `last exit code = ${EX_CONFIG}`;
      return this.#startLater();
    }
    const output = openSync(plist.StandardOutPath, "a", 0o644);
    const child = Bun.spawn([...plist.ProgramArguments], {
      cwd,
      env: {
        PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
        ...plist.EnvironmentVariables,
        XPC_SERVICE_NAME: plist.Label,
      },
      stdin: "ignore",
      stdout: output,
      stderr: output,
      // launchd's jobs lead a group of their own.
      detached: true,
    });
    closeSync(output);
    this.#child = child;
    void child.exited.then(() => this.#onExit(child));
  }

  #onExit(child: Bun.Subprocess): void {
    this.#child = null;
    this.#lastExit =
      child.signalCode === null
        ? `last exit code = ${child.exitCode}`
        : `last terminating signal = ${SIGNAL_WORDS[child.signalCode] ?? child.signalCode}`;
    // Without AbandonProcessGroup what is left of the group goes with it.
    signalGroup(child.pid);
    if (this.isLeaving) jobs.delete(this.target);
    else if (this.plist.KeepAlive) this.#startLater();
  }

  #startLater(): void {
    const throttleMs = (this.plist.ThrottleInterval ?? 10) * 1_000 * throttleScale;
    const leftMs = this.#startedAtMs + throttleMs - performance.now();
    this.#waiting = setTimeout(() => this.start(), Math.max(0, leftMs));
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Leaves the domain once its process has ended. */
  leave(): void {
    this.isLeaving = true;
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    const child = this.#child;
    if (child === null) return void jobs.delete(this.target);
    child.kill("SIGTERM");
    const killMs = (this.plist.ExitTimeOut ?? 5) * 1_000;
    const kill = setTimeout(() => child.kill("SIGKILL"), killMs);
    void child.exited.then(() => clearTimeout(kill));
  }

  print(): string {
    const { plist } = this;
    const list = (name: string, lines: readonly string[]) =>
      `\t${name} = {\n${lines.map((line) => `\t\t${line}\n`).join("")}\t}\n`;
    const environment = Object.entries(plist.EnvironmentVariables ?? {}).map(
      ([name, value]) => `${name} => ${value}`,
    );
    const state = this.isRunning ? "running" : this.#waiting ? "spawn scheduled" : "not running";
    return [
      `${this.target} = {`,
      `\tactive count = ${this.isRunning ? 1 : 0}`,
      `\tpath = ${this.path}`,
      `\ttype = ${this.target.startsWith("system/") ? "LaunchDaemon" : "LaunchAgent"}`,
      `\tstate = ${state}`,
      "",
      `\tprogram = ${plist.ProgramArguments[0]}`,
      list("arguments", plist.ProgramArguments),
      `\tworking directory = ${plist.WorkingDirectory}`,
      "",
      `\tstdout path = ${plist.StandardOutPath}`,
      list("default environment", ["PATH => /usr/bin:/bin:/usr/sbin:/sbin"]),
      list("environment", [...environment, `XPC_SERVICE_NAME => ${plist.Label}`]),
      `\tdomain = ${this.target.slice(0, this.target.lastIndexOf("/"))} [100025]`,
      `\tminimum runtime = ${plist.ThrottleInterval ?? 10}`,
      `\texit timeout = ${plist.ExitTimeOut ?? 5}`,
      `\truns = ${this.runCount}`,
      ...(this.#child === null ? [] : [`\tpid = ${this.#child.pid}`]),
      `\timmediate reason = ${this.runCount > 1 ? "inefficient" : "speculative"}`,
      `\t${this.#lastExit}`,
      "",
      list("resource coalition", ["ID = 9196", "state = active", "active count = 1"]),
      `\tspawn type = ${SPAWN_TYPES[plist.ProcessType ?? ""] ?? "daemon (3)"}`,
      "",
      "\tproperties = keepalive | runatload | inferred program",
      "}",
      "",
    ].join("\n");
  }
}

const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  SIGKILL: "Killed: 9",
  SIGTERM: "Terminated: 15",
};

function signalGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // Nobody is left in it, as it should be.
  }
}

const jobs = new Map<string, Job>();

async function answer([verb = "", ...args]: readonly string[]): Promise<Answer> {
  const target = args.at(-1) ?? "";
  const job = jobs.get(target);
  switch (verb) {
    case "bootstrap":
      return bootstrap(args[0] ?? "", args[1] ?? "");
    case "bootout":
      return bootout(job);
    case "enable":
      return { exitCode: 0 };
    case "kill":
      if (!job) return unknown(target);
      if (!job.isRunning) return { exitCode: 3, stderr: "No process to signal.\n" };
      // A test sends it, and Bun refuses what is no signal.
      job.signal(args[0] as NodeJS.Signals);
      return { exitCode: 0 };
    case "kickstart":
      return job ? kickstart(job, args.includes("-k")) : unknown(target);
    case "print":
      return job ? { exitCode: 0, stdout: job.print() } : unknown(target);
    default:
      return { exitCode: 64, stderr: `Unrecognized subcommand: ${verb}\n` };
  }
}

function bootout(job: Job | undefined): Answer {
  if (!job) return { exitCode: 3, stderr: "Boot-out failed: 3: No such process\n" };
  if (job.isLeaving) {
    return { exitCode: 36, stderr: "Boot-out failed: 36: Operation now in progress\n" };
  }
  job.leave();
  return { exitCode: 0 };
}

function kickstart(job: Job, mustKill: boolean): Answer {
  if (job.isLeaving) return { exitCode: 37, stderr: "Operation already in progress\n" };
  if (mustKill) job.signal("SIGKILL");
  else if (!job.isRunning) job.start();
  return { exitCode: 0 };
}

async function bootstrap(domain: string, path: string): Promise<Answer> {
  const failed = (code: number, words: string): Answer => ({
    exitCode: code,
    stderr: `Bootstrap failed: ${code}: ${words}\n`,
  });
  if (!domains.includes(domain)) return failed(125, "Domain does not support specified action");
  const plist = await readPlist(path);
  const ioError = failed(
    5,
    "Input/output error\nTry re-running the command as root for richer errors.",
  );
  if (plist === null) return ioError;
  const target = `${domain}/${plist.Label}`;
  if (jobs.has(target)) return ioError;
  const job = new Job(target, path, plist);
  jobs.set(target, job);
  if (plist.RunAtLoad || plist.KeepAlive) job.start();
  return { exitCode: 0 };
}

function unknown(target: string): Answer {
  const label = target.slice(target.lastIndexOf("/") + 1);
  return {
    exitCode: 113,
    stderr: `Bad request.\nCould not find service "${label}" in domain for user gui: 501\n`,
  };
}

/** By Python's plistlib, so that nothing of ours judges what we write. */
async function readPlist(path: string): Promise<Plist | null> {
  const script =
    "import json,plistlib,sys; print(json.dumps(plistlib.load(open(sys.argv[1],'rb'))))";
  const child = Bun.spawn(["python3", "-c", script, path], { stdout: "pipe", stderr: "ignore" });
  const text = await child.stdout.text();
  return (await child.exited) === 0 ? (JSON.parse(text) as Plist) : null;
}

const [, , socket = ""] = process.argv;
const server = Bun.serve({
  unix: socket,
  fetch: async (request) => Response.json(await answer((await request.json()) as string[])),
});

process.on("SIGTERM", () => {
  for (const job of jobs.values()) job.leave();
  const left = setInterval(() => {
    if (jobs.size > 0) return;
    clearInterval(left);
    void server.stop(true).then(() => process.exit(0));
  }, 20);
});
console.log("ready");
