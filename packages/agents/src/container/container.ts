import type { Environment } from "../agent.ts";

/** Where a program runs in a container of its own. Paths are the same inside and outside. */
export interface Container {
  /** Docker's client. */
  readonly docker: string;
  /** Of the worker's environment, by which the client finds its server. */
  readonly clientEnv: Environment;
  /** There already: nothing is pulled. */
  readonly image: string;
  /** A container that still has this name is removed first: two never run for one purpose. */
  readonly name: string;
  /** By which a cancel finds it: see `killContainers`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Folders and files that it sees and may change; an agent only when its permission is `edit`. */
  readonly writable: readonly string[];
  /** And those that it only sees, such as `.git` inside a writable clone. */
  readonly readable: readonly string[];
  /** A file, outside of those, that holds the program's environment while it starts. */
  readonly secretsPath: string;
  /** One without a way out but the proxy. */
  readonly network: string;
  /** Lets through to the model's address alone: `http://proxy:3128`. */
  readonly proxyUrl: string;
  /** `<uid>:<gid>` of those who own the files. */
  readonly user: string;
  readonly limits?: Partial<ContainerLimits>;
}

export interface ContainerLimits {
  readonly memoryMaxMb: number;
  readonly cpusMax: number;
  readonly processesMax: number;
}

export const DEFAULT_LIMITS: ContainerLimits = {
  memoryMaxMb: 4_096,
  cpusMax: 2,
  processesMax: 1_024,
};
