// What `docker run` is told. Each flag takes something away; what is left is an agent that may change its
// folders and speak to its model.

import { type Container, DEFAULT_LIMITS } from "./container.ts";

export interface ContainedProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** What it reads as its input; null: nothing. */
  readonly inputPath: string | null;
}

/** Inside. Empty at each start: no session, login or setting of one run is there in the next. */
const HOME = "/home/agent";

export function dockerArguments(
  container: Container,
  { command, args, folder, inputPath }: ContainedProgram,
): string[] {
  const { image, name, labels, writable, readable, secretsPath, user } = container;
  const inputs = inputPath === null ? [] : [inputPath];
  return [
    // Attached to its input, whose end is how it learns that nobody watches it any more.
    ...["run", "--interactive", "--rm", "--name", name, "--pull", "never"],
    ...Object.entries(labels).flatMap(([label, value]) => ["--label", `${label}=${value}`]),
    // Its output is ours; the server needn't keep it, too, without bound.
    ...["--log-driver", "none"],
    ...["--user", user, "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only"],
    ...limitArguments(container),
    ...["--tmpfs", "/tmp:rw,exec,nosuid,nodev,mode=1777"],
    ...["--tmpfs", `${HOME}:rw,exec,nosuid,nodev,mode=1777`],
    ...unique(writable).flatMap((path) => ["--mount", mount(path, false)]),
    ...unique([...readable, ...inputs, secretsPath]).flatMap((path) => [
      "--mount",
      mount(path, true),
    ]),
    ...networkArguments(container),
    ...environmentArguments(),
    ...["--workdir", folder, image],
    // What follows is read by `run-agent` in the image.
    ...[secretsPath, inputPath ?? "/dev/null", command, ...args],
  ];
}

function limitArguments({ limits }: Container): string[] {
  const { memoryMaxMb, cpusMax, processesMax } = { ...DEFAULT_LIMITS, ...limits };
  // Without the second, it may swap as much again.
  const memory = ["--memory", `${memoryMaxMb}m`, "--memory-swap", `${memoryMaxMb}m`];
  return [...memory, "--cpus", String(cpusMax), "--pids-limit", String(processesMax)];
}

function networkArguments({ network, proxyUrl }: Container): string[] {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];
  return [
    ...["--network", network],
    ...names.flatMap((name) => ["--env", `${name}=${proxyUrl}`]),
    // Node's own fetch reads them only when it is told to.
    ...["--env", "NODE_USE_ENV_PROXY=1"],
  ];
}

function environmentArguments(): string[] {
  // `.git` is read-only: `git status` is not to try to refresh its index.
  const variables = { HOME, LANG: "C.UTF-8", GIT_OPTIONAL_LOCKS: "0" };
  return Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
}

/** Its value is a line of CSV. */
function mount(path: string, isReadOnly: boolean): string {
  const fields = ["type=bind", `source=${path}`, `target=${path}`];
  return [...fields, ...(isReadOnly ? ["readonly"] : [])].map(quoteField).join(",");
}

function quoteField(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

const unique = (paths: readonly string[]): readonly string[] => [...new Set(paths)];
