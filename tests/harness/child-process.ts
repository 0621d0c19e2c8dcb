import { waitFor } from "./wait-for.ts";

export interface TimedLine {
  readonly text: string;
  readonly stream: "stdout" | "stderr";
  readonly atMs: number;
}

export interface ChildOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const END_MAX_MS = 15_000;

/** Those that a `bun test` which is itself ended must not leave behind. */
const living = new Set<Bun.Subprocess>();
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** One process of a test: its lines with the moment of each, and ways to end it. */
export class ChildProcess {
  readonly #process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #lines: TimedLine[] = [];
  readonly #read: Promise<unknown>;

  constructor(argv: readonly string[], { cwd, env }: ChildOptions) {
    this.#process = Bun.spawn([...argv], {
      cwd,
      env: { ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    living.add(this.#process);
    void this.#process.exited.then(() => living.delete(this.#process));
    this.#read = Promise.all([this.#readLines("stdout"), this.#readLines("stderr")]);
  }

  get pid(): number {
    return this.#process.pid;
  }

  get lines(): readonly TimedLine[] {
    return this.#lines;
  }

  /** Null while it runs, and after a signal. */
  get exitCode(): number | null {
    return this.#process.exitCode;
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Everything that it has said so far. */
  get output(): string {
    return this.#lines.map(({ text }) => text).join("\n");
  }

  textOf(stream: TimedLine["stream"]): string {
    return this.#lines
      .filter((line) => line.stream === stream)
      .map(({ text }) => text)
      .join("\n");
  }

  /** Its end, with all of its output read. */
  async exited(): Promise<number> {
    const exitCode = await this.#process.exited;
    await this.#read;
    return exitCode;
  }

  waitForLine(pattern: RegExp, maxMs?: number): Promise<TimedLine> {
    const look = () => {
      const line = this.#lines.find(({ text }) => pattern.test(text));
      if (!line && this.hasEnded) {
        throw new Error(`it ended without a line like ${pattern}:\n${this.output}`);
      }
      return line;
    };
    const describe = () => this.output;
    return waitFor(`a line like ${pattern}`, look, {
      describe,
      ...(maxMs === undefined ? {} : { maxMs }),
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** As a power cut would: no warning, no last words. Returns when it is gone. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.exited();
  }

  /** Asks it to stop, as a person would. Throws when it has to be killed. */
  async end(): Promise<void> {
    if (this.hasEnded) return;
    this.#process.kill("SIGTERM");
    const kill = setTimeout(() => this.#process.kill("SIGKILL"), END_MAX_MS);
    await this.#process.exited;
    clearTimeout(kill);
    if (this.#process.signalCode === "SIGKILL") {
      throw new Error(`process ${this.pid} did not stop within ${END_MAX_MS} ms:\n${this.output}`);
    }
  }

  async #readLines(stream: TimedLine["stream"]): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of this.#process[stream]) {
      const texts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = texts.pop() ?? "";
      for (const text of texts) this.#lines.push({ text, stream, atMs: performance.now() });
    }
    if (rest !== "") this.#lines.push({ text: rest, stream, atMs: performance.now() });
  }
}
