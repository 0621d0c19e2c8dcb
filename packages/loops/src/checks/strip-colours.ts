import { stripVTControlCharacters } from "node:util";

/** Text as a person reads it: without colours, and of a line that was written over its last state. */
export function stripColours(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n/g, "\n")
    .replace(/^.*\r(?!$)/gm, "");
}
