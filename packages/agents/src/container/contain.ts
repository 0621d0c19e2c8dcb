import { isAbsolute } from "node:path";
import type { ProgramSpec } from "@system-bus/programs";
import type { Container } from "./container.ts";
import type { ContainerOrder } from "./container-order.ts";
import { dockerArguments } from "./docker-arguments.ts";

export type BareSpec = Omit<ProgramSpec, "slot" | "attemptsMax">;

export interface Contained {
  readonly order: ContainerOrder;
  /** The client, its arguments, and the environment of whoever holds the container. */
  readonly spec: BareSpec;
}

/** How Docker's client finds its server. */
const CLIENT_NAMES = [
  ...["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"],
  ...["DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"],
];

/** What runs this in a container. All of its environment goes in by a file: none of it is an argument. */
export function contain(spec: BareSpec, container: Container): Contained {
  const { command, args, cwd, inputPath, env = {}, ...rest } = spec;
  if (cwd === undefined)
    throw new Error("broken promise: what is contained has a folder to work in");
  checkPaths([cwd, container.secretsPath, ...container.writable, ...container.readable]);
  const { PATH: searchPath, ...secrets } = env;
  const client = CLIENT_NAMES.flatMap((name) => {
    const value = container.clientEnv[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const inside = { command, args, folder: cwd, inputPath: inputPath ?? null };
  return {
    order: {
      name: container.name,
      secretsPath: container.secretsPath,
      secretNames: Object.keys(secrets),
    },
    spec: {
      ...rest,
      command: container.docker,
      args: dockerArguments(container, inside),
      env: {
        ...Object.fromEntries(client),
        ...secrets,
        ...(searchPath === undefined ? {} : { PATH: searchPath }),
      },
    },
  };
}

function checkPaths(paths: readonly string[]): void {
  const bad = paths.find((path) => !isAbsolute(path));
  if (bad !== undefined) throw new Error(`broken promise: ${bad} is an absolute path`);
}
