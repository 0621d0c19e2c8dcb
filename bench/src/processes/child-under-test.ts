import { join } from "node:path";

/** Those that this process must not leave behind when it ends without having stopped them: on Ctrl-C, say. */
const living = new Set<Bun.Subprocess>();
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

export interface ChildOptions<Message> {
  /** A file beside this one. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onMessage: (message: Exclude<Message, Ready>) => void;
}

interface Ready {
  readonly kind: "ready";
  readonly url: string;
}

/** A program of this folder in a process of its own, which says when it is ready and where. */
export class ChildUnderTest<Message extends { readonly kind: string }> {
  /** Its address. Rejects when it ends before it has one. */
  readonly ready: Promise<string>;
  readonly #process: Bun.Subprocess;

  constructor({ program, args, env = process.env, onMessage }: ChildOptions<Message | Ready>) {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const child = Bun.spawn({
      cmd: [process.execPath, join(import.meta.dir, program), ...args],
      env: { ...env },
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message: Message | Ready) => {
        if (isReady(message)) resolve(message.url);
        // The other kind was just taken out.
        else onMessage(message as Exclude<Message, Ready>);
      },
    });
    living.add(child);
    void child.exited.then(() => {
      living.delete(child);
      reject(new Error(`${program} ended before it was ready`));
    });
    // Who kills it before that doesn't wait for it.
    promise.catch(() => {});
    this.ready = promise;
    this.#process = child;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** As a power cut would: no warning. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  /** Asks it to stop. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#process.kill();
    await this.#process.exited;
  }
}

function isReady(message: { readonly kind: string }): message is Ready {
  return message.kind === "ready";
}
