import { CliError } from "../output/failure.ts";

export interface PlannedFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly text: string;
  /** What is there now; null where nothing is. */
  readonly present: string | null;
}

/**
 * Which files to write. One that is there is never touched. Where all are there the work was done before,
 * whatever the person made of them; where only some are, a different one would be no part of the rest.
 */
export function decideWrites(
  folder: string,
  planned: readonly PlannedFile[],
): readonly PlannedFile[] {
  const absent = planned.filter(({ present }) => present === null);
  const changed = planned.filter(({ present, text }) => present !== null && present !== text);
  if (absent.length === 0 || changed.length === 0) return absent;
  throw new CliError({
    code: "refused",
    message: `${folder} has ${changed.map(({ path }) => path).join(", ")} already, with another content. Nothing was written.`,
    fix: "Move it away, or name an empty folder for a worker of its own.",
  });
}
