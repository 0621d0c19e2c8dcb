import type { CliContext } from "../context.ts";
import { CliError } from "./failure.ts";
import type { Io } from "./io.ts";

export interface Asking {
  /** What would be done, with its count: `cancel 3 unfinished runs of video-download`. */
  readonly deed: string;
  /** How one says that it was not done: `cancelled`. */
  readonly done: string;
}

/** Asks a person; where nobody can be asked it is a usage mistake not to be sure. */
export async function confirm(
  { io, context }: { readonly io: Io; readonly context: CliContext },
  { deed, done }: Asking,
): Promise<boolean> {
  const question = `${deed.charAt(0).toUpperCase()}${deed.slice(1)}?`;
  if (!io.isJson && context.confirm) return context.confirm(question);
  throw new CliError({
    code: "usage",
    message: `This would ${deed}. Nothing was ${done}, as nobody can be asked here.`,
    fix: "Add --yes to do it.",
  });
}
