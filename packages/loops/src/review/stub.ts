// A stub of what the story is to provide: it has everything that the declarations name, and does nothing.
//
//   S1. Everything that could be imported from the implementation can be imported from its stub.
//   S2. Whatever is called throws; with SYSTEM_BUS_STUB=silent it gives back undefined instead. A test that
//       passes with both holds nothing to anything.
//   S3. No value of the implementation gets through: constants are functions that do nothing.
//   S4. It loads wherever the implementation would: only syntax that can be erased, unless the implementation
//       itself is an `enum`; a CommonJS module stays one.

import { parseSync } from "oxc-parser";
import type { InterfaceFile } from "./declarations.ts";
import { readDeclarations } from "./read-declarations.ts";
import { writeStub } from "./write-stub.ts";

export interface StubFile {
  /** Where it takes the implementation's place, relative to the project. */
  readonly path: string;
  readonly text: string;
}

/** The variable that makes a stub give back undefined instead of throwing, and its value. */
export const SILENT_STUB = { SYSTEM_BUS_STUB: "silent" } as const;

export interface StubOptions {
  /** Whether a package can be loaded where the stub will be: one that the story adds can't. */
  readonly canLoad: (packageName: string) => boolean;
}

export function makeStub(file: InterfaceFile, { canLoad }: StubOptions): StubFile {
  const { program } = parseSync("stub.d.ts", file.declarations, { lang: "dts" });
  const parts = readDeclarations(program, { text: file.declarations, canLoad });
  return { path: file.path, text: writeStub(parts, file) };
}
