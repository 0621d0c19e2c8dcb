// Where the servers of fake containers and pods run: as processes that outlive the fake, or, for tests that
// run `igs setup` in their own process, in that process.

import { join } from "node:path";

export interface ServerWish {
  /** On this machine. */
  readonly port: number;
  /** `/in/the/container=/folder/of/the/volume`; empty for none. */
  readonly mount: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ServerHost {
  /** A number to find it by; null when its port is taken. */
  start(wish: ServerWish): Promise<number | null>;
  isRunning(id: number): boolean;
  stop(id: number): Promise<void>;
}

const serverScript = join(import.meta.dir, "fake-server.ts");

/** The ids are pids. */
export const processHost: ServerHost = {
  async start({ port, mount, env }) {
    const child = Bun.spawn([process.execPath, "--no-env-file", serverScript], {
      env: {
        ...env,
        FAKE_PORT: String(port),
        FAKE_MOUNT: mount,
        FAKE_STATE: process.env["FAKE_STATE"] ?? "",
        HOME: process.env["FAKE_STATE"] ?? "",
        PATH: process.env["PATH"] ?? "",
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
      detached: true,
    });
    child.unref();
    for await (const bytes of child.stdout) {
      return new TextDecoder().decode(bytes).startsWith("listening") ? child.pid : null;
    }
    return null;
  },
  isRunning,
  async stop(pid) {
    if (!isRunning(pid)) return;
    process.kill(pid, "SIGTERM");
    while (isRunning(pid)) await Bun.sleep(10);
  },
};

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Servers that say of themselves that they are well, and nothing else. */
export class LocalHost implements ServerHost {
  readonly #servers = new Map<number, Bun.Server<undefined>>();

  async start({ port }: ServerWish): Promise<number | null> {
    try {
      const fetch = () => Response.json({ status: 200, message: "OK" });
      const id = this.#servers.size + 1;
      this.#servers.set(id, Bun.serve({ hostname: "127.0.0.1", port, fetch }));
      return id;
    } catch {
      return null;
    }
  }

  isRunning(id: number): boolean {
    return this.#servers.get(id)?.port !== undefined;
  }

  async stop(id: number): Promise<void> {
    await this.#servers.get(id)?.stop(true);
  }

  async end(): Promise<void> {
    for (const id of this.#servers.keys()) await this.stop(id);
  }
}
