// A container is no child of ours: killing Docker's client leaves it running. So whoever holds it ends it in
// three ways, of which each is enough.
//
//   D1. The container ends when its input ends, and its input is our pipe: it ends with us, however we end.
//   D2. At a kill, Docker's server is told as well.
//   D3. One of the same name that was left over is removed before a new one starts.
//
// Its environment lies on disk from before its start until it has said something, or has ended.

import type { Environment } from "../agent.ts";
import { type HeldProcess, startHeld } from "../held/held-process.ts";
import type { ContainerOrder } from "./container-order.ts";
import { removeSecrets, writeSecrets } from "./secrets-file.ts";

export interface HeldContainer extends HeldProcess {
  /** Nothing of its environment is on disk from then on. */
  forgetSecrets(): void;
}

export interface ContainerStart {
  readonly order: ContainerOrder;
  /** Docker's client and its arguments. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
}

/** A server that answers no more is not waited for: the input's end does its work. */
const CLIENT_MAX_MS = 5_000;

export async function startContainer(start: ContainerStart): Promise<HeldContainer> {
  const { order, argv, cwd } = start;
  const { name, secretsPath, secretNames } = order;
  const env = without(start.env, secretNames);
  const [docker = "docker"] = argv;
  await runClient([docker, "rm", "--force", name], env);
  writeSecrets(secretsPath, only(start.env, secretNames));
  const forgetSecrets = () => removeSecrets(secretsPath);
  try {
    const client = startHeld(argv, { cwd, env, stdin: "pipe" });
    let killing: Promise<void> | null = null;
    return {
      ended: client.ended.then(async (exit) => {
        await killing;
        forgetSecrets();
        return exit;
      }),
      kill: () => {
        killing ??= runClient([docker, "kill", name], env);
        client.kill();
      },
      forgetSecrets,
    };
  } catch (error) {
    forgetSecrets();
    throw error;
  }
}

/** Whatever it says: that there is no such container is what is wanted. */
async function runClient(argv: string[], env: Environment): Promise<void> {
  try {
    const client = Bun.spawn(argv, { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
    const timer = setTimeout(() => client.kill("SIGKILL"), CLIENT_MAX_MS);
    await client.exited;
    clearTimeout(timer);
  } catch {
    // No client: then its own start says so.
  }
}

function only(env: Environment, names: readonly string[]): Environment {
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}

function without(env: Environment, names: readonly string[]): Environment {
  const kept = Object.entries(env).filter(([name]) => !names.includes(name));
  return Object.fromEntries(kept);
}
