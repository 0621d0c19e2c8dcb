import type { CliContext } from "../context.ts";
import { createPaint, mayColour, type Paint } from "./paint.ts";

/** What a command says while it runs. Programs read one JSON object per line. */
export interface Io {
  /** True for `--json`, and when stdout is not a terminal. */
  readonly isJson: boolean;
  readonly paint: Paint;
  readonly columnsMax: number | undefined;
  /** Something happened: a line of JSON for programs, `text` for people; null shows people nothing. */
  emit(
    event: { readonly type: string; readonly [field: string]: unknown },
    text: string | null,
  ): void;
  /** To stderr for people; programs find warnings in the result. */
  warn(text: string): void;
  /** A line that the next one overwrites, for people only. Empty takes it away. */
  status(text: string): void;
}

const CLEAR_LINE = "\r\u001b[2K";

export function createIo(context: CliContext, isJson: boolean): Io {
  const { stdout, stderr } = context;
  const paint = createPaint(!isJson && mayColour(context.env, context.isTerminal));
  let shownStatus = "";
  const clearStatus = () => {
    if (shownStatus !== "") stdout.write(CLEAR_LINE);
    shownStatus = "";
  };
  return {
    isJson,
    paint,
    columnsMax: context.terminalColumns,
    emit(event, text) {
      if (isJson) stdout.write(`${JSON.stringify(event)}\n`);
      else if (text !== null) {
        clearStatus();
        stdout.write(`${text}\n`);
      }
    },
    warn(text) {
      if (isJson) return;
      clearStatus();
      stderr.write(`${paint.pending("warning:")} ${text}\n`);
    },
    status(text) {
      if (isJson || text === shownStatus) return;
      clearStatus();
      const columnsMax = context.terminalColumns ?? 80;
      shownStatus = Bun.sliceAnsi(text, 0, columnsMax - 1);
      stdout.write(shownStatus);
    },
  };
}
