import type { Io } from "../../output/io.ts";
import { createPaint } from "../../output/paint.ts";
import type { RotatingFile } from "./rotating-file.ts";

/** What a command says, as people read it, into a log. */
export function createLogIo(file: RotatingFile): Io {
  return {
    isJson: false,
    paint: createPaint(false),
    columnsMax: undefined,
    emit(_event, text) {
      if (text !== null) file.write(text);
    },
    warn: (text) => file.write(`warning: ${text}`),
    status() {},
  };
}
