import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { type Settings, storeSetting } from "@system-bus/settings";
import type { CliContext } from "../context.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";

/**
 * The folders below which loops may work. Asked once, of a person at a terminal, and stored: the event
 * key must not be a shell on the whole machine. `--yes` is no answer to this: it comes from a script.
 */
export async function getAllowedRoots(
  { io, context }: { readonly io: Io; readonly context: CliContext },
  settings: Settings,
  project: string,
): Promise<readonly string[]> {
  const { projects } = settings.loops;
  if (projects.length > 0) return projects;
  const proposed = dirname(await realpath(project).catch(() => project));
  // A colon parts folders, so this one can't be written down; nor is the whole machine proposed.
  const isProposable = !proposed.includes(":") && proposed !== "/";
  if (!io.isJson && context.confirm && isProposable) {
    const question = `Loops may work in no folder yet. Allow repositories under ${proposed}? (LOOP_PROJECTS in ${settings.settingsFile})`;
    if (await context.confirm(question)) {
      storeSetting(settings, "LOOP_PROJECTS", proposed);
      return [proposed];
    }
  }
  throw new CliError({
    code: "refused",
    message: "LOOP_PROJECTS is not set: loops may work in no folder. Nothing was started.",
    fix: `Put LOOP_PROJECTS=${proposed}, or other folders with colons between, into ${settings.settingsFile}; the worker reads it there.`,
  });
}
