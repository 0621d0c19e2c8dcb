// Data folder and settings file say which form they have, so that an earlier release does not work on
// what a later one has written.
//
//   R1. A newer form than this release knows is refused, in one sentence, before anything is changed.
//   R2. No mark is the form of the releases before there were marks. It is that of 1, so nothing has to be
//       moved: the mark is added when the bus is started, or the settings file is changed.
//   R3. The tables of `engine.db` have a version of their own, and the engine migrates them.
//
// Who raises a form adds here what brings an older one to it.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { SettingsError } from "./settings-error.ts";

const STATE_FORM = 1;
const SETTINGS_FORM = 1;

const MarkSchema = z.looseObject({ form: z.int().nonnegative() });

function stateMarkPath(root: string): string {
  return join(root, "state.json");
}

/** Throws STATE_TOO_NEW for a data folder that a later release has written. Changes nothing. */
export function checkStateForm(root: string): void {
  const form = readStateForm(root);
  if (form <= STATE_FORM) return;
  throw new SettingsError("STATE_TOO_NEW", [describeNewer(root, { form, known: STATE_FORM })]);
}

/** The same, and marks the folder as this release's. To be called before anything writes into it. */
export function openStateFolder(root: string): void {
  checkStateForm(root);
  if (readStateForm(root) === STATE_FORM) return;
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    const path = stateMarkPath(root);
    const draft = `${path}.${process.pid}.tmp`;
    writeFileSync(draft, `${JSON.stringify({ form: STATE_FORM })}\n`, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError(
      "STATE_NOT_WRITTEN",
      [`The data folder ${root} can't be written (${reason}): give this user the right to.`],
      { cause: error },
    );
  }
}

/** 0 without a mark. A mark that can't be read is none: it is replaced in one move, never half written. */
function readStateForm(root: string): number {
  try {
    const parsed = MarkSchema.safeParse(JSON.parse(readFileSync(stateMarkPath(root), "utf8")));
    return parsed.data?.form ?? 0;
  } catch {
    return 0;
  }
}

const SETTINGS_MARK = /^# System Bus settings, form (\d+)\.$/m;

/** A problem of the file, in words; null when this release can read it. */
export function findSettingsFormProblem(path: string, text: string): string | null {
  const form = Number(SETTINGS_MARK.exec(text)?.[1] ?? 0);
  return form <= SETTINGS_FORM ? null : describeNewer(path, { form, known: SETTINGS_FORM });
}

/** A line of its own: on top of a new file, at the end of one that a person has begun. */
export function markSettingsForm(text: string): string {
  const mark = `# System Bus settings, form ${SETTINGS_FORM}.`;
  if (SETTINGS_MARK.test(text)) return text.replace(SETTINGS_MARK, mark);
  return text === "" ? `${mark}\n` : `${text.replace(/\n*$/, "\n")}${mark}\n`;
}

function describeNewer(path: string, { form, known }: { form: number; known: number }): string {
  return `${path} was written by a later release of System Bus (form ${form}, this one knows ${known}): use that release, or a later one.`;
}
