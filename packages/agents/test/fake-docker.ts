// Docker's client and server in one, as far as `src/container` speaks to them: it knows those flags that
// it is sent, refuses every other, writes down each command line, and runs what a container runs as plain
// processes. Its state lies where DOCKER_CONFIG says. What the real client makes of the same command line
// is in `docker-client.test.ts`.

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const state = process.env["DOCKER_CONFIG"] ?? "";
const RUN_AGENT = join(import.meta.dir, "../../../infra/docker/agents/run-agent");
const IMAGE = "system-bus-agents";
const NETWORK = "system-bus-agents";

const [command = "", ...words] = process.argv.slice(2);
mkdirSync(join(state, "containers"), { recursive: true });
writeFileSync(join(state, "client-env"), JSON.stringify(process.env));
appendFileSync(join(state, "calls.jsonl"), `${JSON.stringify([command, ...words])}\n`);

function fail(message: string, exitCode: number): never {
  process.stderr.write(`docker: ${message}\n`);
  process.exit(exitCode);
}

const VALUED = [
  ...["--name", "--label", "--log-driver", "--user", "--cap-drop", "--security-opt", "--memory"],
  ...["--memory-swap", "--cpus", "--pids-limit", "--tmpfs", "--mount", "--network", "--env"],
  ...["--workdir", "--pull"],
];
const PLAIN = ["--interactive", "--rm", "--read-only"];

interface Run {
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly image: string;
  readonly command: readonly string[];
}

function readRun(given: readonly string[]): Run {
  const options = new Map<string, string[]>();
  let index = 0;
  for (; given[index]?.startsWith("-"); index += 1) {
    const flag = given[index] ?? "";
    const isValued = VALUED.includes(flag);
    if (!isValued && !PLAIN.includes(flag)) fail(`unknown flag: ${flag}`, 125);
    if (isValued) index += 1;
    options.set(flag, [...(options.get(flag) ?? []), isValued ? (given[index] ?? "") : ""]);
  }
  const [image = "", ...rest] = given.slice(index);
  return { options, image, command: rest };
}

const recordOf = (name: string) => join(state, "containers", name);

function killContainer(name: string): boolean {
  if (!existsSync(recordOf(name))) return false;
  const pid = Number(readFileSync(recordOf(name), "utf8").split("\n")[0]);
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
  rmSync(recordOf(name), { force: true });
  return true;
}

async function run({ options, image, command: inside }: Run): Promise<number> {
  const one = (flag: string) => options.get(flag)?.[0] ?? fail(`${flag} is missing`, 125);
  if (image !== IMAGE) fail(`No such image: ${image}`, 125);
  if (one("--network") !== NETWORK) fail(`network ${one("--network")} not found.`, 125);
  const name = one("--name");
  if (existsSync(recordOf(name))) fail(`Conflict. The container name "/${name}" is in use`, 125);
  for (const mount of options.get("--mount") ?? []) {
    const source = /source=([^,"]*)/.exec(mount)?.[1] ?? "";
    if (!existsSync(source)) fail(`bind source path does not exist: ${source}`, 125);
  }
  const env = (options.get("--env") ?? []).map(
    (pair) => pair.split(/=(.*)/s, 2) as [string, string],
  );
  const child = Bun.spawn(["/bin/sh", RUN_AGENT, ...inside], {
    cwd: one("--workdir"),
    env: {
      ...Object.fromEntries(env),
      PATH: process.env["FAKE_IMAGE_PATH"] ?? process.env["PATH"],
    },
    ...{ stdin: "pipe", stdout: "inherit", stderr: "inherit" },
    // As a child of the server's, it doesn't go with its client.
    detached: true,
  });
  writeFileSync(recordOf(name), `${child.pid}\n${(options.get("--label") ?? []).join("\n")}\n`);
  void (async () => {
    for await (const piece of Bun.stdin.stream()) child.stdin.write(piece);
    await child.stdin.end();
  })();
  const exitCode = await child.exited;
  rmSync(recordOf(name), { force: true });
  return exitCode;
}

switch (command) {
  case "run":
    process.exit(await run(readRun(words)));
    break;
  case "rm":
    if (words[0] !== "--force") fail("the fake only knows rm --force", 125);
    killContainer(words[1] ?? "");
    break;
  case "kill":
    if (!killContainer(words[0] ?? "")) fail(`No such container: ${words[0]}`, 1);
    break;
  default:
    fail(`unknown command: ${command}`, 125);
}
