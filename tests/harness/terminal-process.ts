import { waitFor } from "./wait-for.ts";

const END_MAX_MS = 15_000;
const CTRL_C = "\x03";

const living = new Set<Bun.Subprocess>();
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

export interface TerminalOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A process in a real terminal of its own: it sees a person, and Ctrl-C comes as a person gives it. */
export class TerminalProcess {
  readonly #process: Bun.Subprocess;
  #bytes = "";

  constructor(argv: readonly string[], { cwd, env }: TerminalOptions) {
    const decoder = new TextDecoder();
    this.#process = Bun.spawn([...argv], {
      cwd,
      env: { ...env, TERM: "xterm-256color" },
      // Made by `spawn` itself: a terminal that is handed in does not control the process.
      terminal: {
        cols: 140,
        rows: 50,
        data: (_, bytes) => {
          this.#bytes += decoder.decode(bytes, { stream: true });
        },
      },
    });
    living.add(this.#process);
    void this.#process.exited.then(() => living.delete(this.#process));
  }

  /** What was printed, without colours. */
  get screen(): string {
    return Bun.stripANSI(this.#bytes).replaceAll("\r\n", "\n");
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  waitForText(text: string | RegExp, maxMs = 30_000): Promise<unknown> {
    const isShown = () =>
      typeof text === "string" ? this.screen.includes(text) : text.test(this.screen);
    return waitFor(
      `${text} in the terminal`,
      () => {
        if (isShown()) return true;
        if (this.hasEnded) throw new Error(`it ended without ${text}:\n${this.screen}`);
        return false;
      },
      { maxMs, describe: () => this.screen },
    );
  }

  /** As a keyboard sends it: `\r` is enter. */
  type(text: string): void {
    this.#process.terminal?.write(text);
  }

  pressCtrlC(): void {
    this.type(CTRL_C);
  }

  async exited(maxMs = 30_000): Promise<number> {
    const hasEnded = () => this.hasEnded;
    await waitFor("the process to end", hasEnded, { maxMs, describe: () => this.screen });
    return this.#process.exited;
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  async end(): Promise<void> {
    if (!this.hasEnded) {
      this.#process.kill("SIGTERM");
      const kill = setTimeout(() => this.#process.kill("SIGKILL"), END_MAX_MS);
      await this.#process.exited;
      clearTimeout(kill);
    }
    this.#process.terminal?.close();
  }
}
