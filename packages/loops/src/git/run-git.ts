// Runs git, and nothing but git: the one place that starts it.
//
//   G1. No shell: arguments go as they are. What comes from outside is a checked name (`names.ts`),
//       stands behind `--`, or goes by stdin; `--end-of-options` is not understood everywhere.
//   G2. Nobody's configuration decides what is run or written: system and user files are not read
//       (but where the person's own view is asked for), hooks, file monitors, signing, pagers,
//       prompts and housekeeping are off by `-c`, which wins over every file.
//   G3. No transport: `protocol.allow=never`. Objects go from one repository to another as packs
//       (`transfer-objects.ts`). Only a push that a person asked for goes elsewhere.
//   G4. Each call has a time limit and a bound on its output. At the limit it gets SIGTERM, on which
//       git removes its lock files, then SIGKILL.

import { LoopsError } from "../loops-error.ts";

export interface GitCall {
  readonly args: readonly string[];
  /** Where it runs; also its work tree unless that is named. */
  readonly cwd: string;
  readonly gitDir?: string;
  readonly workTree?: string;
  readonly indexFile?: string;
  /** Written to its stdin; none: stdin is empty. */
  readonly input?: string;
  /** A file that is its stdin. */
  readonly inputFile?: string;
  /** A file that gets its stdout; it is then missing in the answer. */
  readonly outputFile?: string;
  readonly timeMaxMs?: number;
  readonly outputMaxBytes?: number;
  /** Exit codes beside 0 that are answers, not failures. */
  readonly expectedExitCodes?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
  /** More of `-c`, which win over the fixed ones. */
  readonly config?: readonly string[];
  /** Read the person's own configuration too: for what they alone can see or do. */
  readonly isPersonal?: boolean;
}

export interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: Buffer;
  /** Its first 64 KiB. */
  readonly stderr: string;
}

const TIME_MAX_MS = 120_000;
const OUTPUT_MAX_BYTES = 64 * 1024 * 1024;
const OVER_BOUNDS = Symbol("over its bounds");
const STDERR_MAX_BYTES = 64 * 1024;
/** Characters of it in a message. */
const SHOWN_MAX = 2_000;
const TERM_GRACE_MS = 2_000;

/** In force for every call. */
const FIXED: readonly string[] = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.untrackedCache=false",
  "core.logAllRefUpdates=false",
  "core.quotePath=false",
  "core.protectHFS=true",
  "core.protectNTFS=true",
  "core.pager=cat",
  "core.editor=false",
  "core.askPass=false",
  "core.filesRefLockTimeout=500",
  "commit.gpgSign=false",
  "tag.gpgSign=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "submodule.recurse=false",
  "color.ui=false",
  "advice.detachedHead=false",
];

/** Where nobody's own view is asked for. */
const IMPERSONAL: readonly string[] = [
  "core.excludesFile=/dev/null",
  "core.attributesFile=/dev/null",
  "core.autocrlf=false",
  "core.safecrlf=false",
  "core.eol=lf",
  "core.splitIndex=false",
  "core.sparseCheckout=false",
  "protocol.allow=never",
  "credential.helper=",
];

/** Throws `GIT_FAILED`: not there, an unexpected exit code, over its time or its output. */
export async function runGit(call: GitCall): Promise<GitAnswer> {
  const child = start(call);
  const limit = limitTime(child, call.timeMaxMs ?? TIME_MAX_MS);
  try {
    // Fed while it is read: it may answer before it has heard everything.
    const [stdout, stderr, exitCode] = await Promise.all([
      readHead(child.stdout, call.outputMaxBytes ?? OUTPUT_MAX_BYTES),
      readHead(child.stderr, STDERR_MAX_BYTES),
      child.exited,
      feed(child, call.input),
    ]);
    if (limit.isOver()) {
      const what = `took longer than ${call.timeMaxMs ?? TIME_MAX_MS} ms`;
      throw failure(call, what, OVER_BOUNDS);
    }
    if (stdout.isCut) {
      const what = `said more than ${call.outputMaxBytes ?? OUTPUT_MAX_BYTES} bytes`;
      throw failure(call, what, OVER_BOUNDS);
    }
    const said = stderr.head.toString("utf8").trim();
    if (exitCode !== 0 && call.expectedExitCodes?.includes(exitCode) !== true) {
      const why = said || stdout.head.toString("utf8").trim();
      throw failure(call, `ended with ${exitCode}: ${why.slice(0, SHOWN_MAX)}`);
    }
    return { exitCode, stdout: stdout.head, stderr: said };
  } finally {
    limit.clear();
  }
}

/** Whether `runGit` threw this because git came to no end, or said too much. */
export function isOverBounds(error: unknown): boolean {
  return error instanceof LoopsError && error.cause === OVER_BOUNDS;
}

/** What git says in a line or two, without the line's end. */
export async function askGit(call: GitCall): Promise<string> {
  return (await runGit(call)).stdout.toString("utf8").trimEnd();
}

function start(call: GitCall) {
  const config = [...FIXED, ...(call.isPersonal ? [] : IMPERSONAL), ...(call.config ?? [])];
  const argv = [
    "git",
    ...config.flatMap((setting) => ["-c", setting]),
    "--no-pager",
    "--no-replace-objects",
    ...(call.gitDir === undefined ? [] : [`--git-dir=${call.gitDir}`]),
    ...(call.workTree === undefined ? [] : [`--work-tree=${call.workTree}`]),
    ...call.args,
  ];
  try {
    return Bun.spawn(argv, {
      cwd: call.cwd,
      env: environment(call),
      stdin: stdinOf(call),
      stdout: call.outputFile === undefined ? "pipe" : Bun.file(call.outputFile),
      stderr: "pipe",
    });
  } catch (error) {
    throw failure(call, "could not be started: is it installed?", error);
  }
}

function stdinOf(call: GitCall) {
  if (call.inputFile !== undefined) return Bun.file(call.inputFile);
  return call.input === undefined ? "ignore" : "pipe";
}

function environment(call: GitCall): Record<string, string> {
  const personal = call.isPersonal ? pick(PERSONAL_NAMES) : NOBODY;
  return {
    ...pick(["PATH", "TMPDIR"]),
    ...personal,
    LC_ALL: "C",
    TZ: "UTC",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_EDITOR: "false",
    ...(call.indexFile === undefined ? {} : { GIT_INDEX_FILE: call.indexFile }),
    ...call.env,
  };
}

const PERSONAL_NAMES = ["HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME"];

const NOBODY = {
  HOME: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
};

function pick(names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = process.env[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

type Child = ReturnType<typeof start>;

async function feed(child: Child, input: string | undefined): Promise<void> {
  const { stdin } = child;
  if (input === undefined || stdin === undefined || typeof stdin === "number") return;
  try {
    stdin.write(input);
    await stdin.end();
  } catch {
    // It ended before it had read everything: its exit code says why.
  }
}

function limitTime(child: Child, timeMaxMs: number) {
  let isOver = false;
  let kill: ReturnType<typeof setTimeout> | undefined;
  const term = setTimeout(() => {
    isOver = true;
    child.kill("SIGTERM");
    kill = setTimeout(() => child.kill("SIGKILL"), TERM_GRACE_MS);
  }, timeMaxMs);
  return {
    isOver: () => isOver,
    clear: () => {
      clearTimeout(term);
      clearTimeout(kill);
    },
  };
}

/** What is beyond `maxBytes` is read and dropped, so that the process can end. */
async function readHead(
  stream: unknown,
  maxBytes: number,
): Promise<{ readonly head: Buffer; readonly isCut: boolean }> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  if (stream instanceof ReadableStream) {
    for await (const piece of stream as ReadableStream<Uint8Array>) {
      if (sizeBytes < maxBytes) pieces.push(piece.subarray(0, maxBytes - sizeBytes));
      sizeBytes += piece.byteLength;
    }
  }
  return { head: Buffer.concat(pieces), isCut: sizeBytes > maxBytes };
}

function failure(call: GitCall, what: string, cause?: unknown): LoopsError {
  return new LoopsError(
    "GIT_FAILED",
    `git ${call.args.slice(0, 3).join(" ")} in ${call.cwd} ${what}`,
    {
      cause,
    },
  );
}
