import type { CliContext } from "../context.ts";

const COLUMNS = 80;
const ROWS = 24;

/** Text of several lines that is drawn anew in its place, with lines that stay above it. */
export class LiveScreen {
  readonly #context: Pick<CliContext, "stdout" | "terminalColumns" | "terminalSize">;
  #rowCount = 0;
  #drawn = "";

  constructor(context: Pick<CliContext, "stdout" | "terminalColumns" | "terminalSize">) {
    this.#context = context;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    const { terminalColumns, terminalSize } = this.#context;
    return terminalSize?.() ?? { columns: terminalColumns ?? COLUMNS, rows: ROWS };
  }

  /** What is higher than the terminal is cut at its end: what has scrolled away can't be drawn anew. */
  draw(text: string): void {
    const { columns, rows } = this.size;
    const lines = text
      .split("\n")
      .slice(0, Math.max(1, rows - 1))
      .map((line) => Bun.sliceAnsi(line, 0, Math.max(1, columns - 1)));
    const drawn = lines.join("\n");
    if (drawn === this.#drawn) return;
    this.#context.stdout.write(`${this.#back()}${drawn}\n`);
    this.#rowCount = lines.length;
    this.#drawn = drawn;
  }

  /** A line that stays. What was drawn is drawn again below it at the next `draw`. */
  print(line: string): void {
    this.#context.stdout.write(`${this.#back()}${line}\n`);
  }

  clear(): void {
    const back = this.#back();
    if (back !== "") this.#context.stdout.write(back);
  }

  /** To the first row of what was drawn, and everything from there on away. */
  #back(): string {
    const rows = this.#rowCount;
    this.#rowCount = 0;
    this.#drawn = "";
    return rows === 0 ? "" : `\u001b[${rows}A\r\u001b[J`;
  }
}
