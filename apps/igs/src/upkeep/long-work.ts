import type { Progress } from "@system-bus/engine";
import type { CliContext } from "../context.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";

const WORDS = { copying: "Copying", checking: "Checking" } as const;

/**
 * Runs work that takes a while: shows how far it is, and ends it at Ctrl-C with `untouched` as what is told
 * then.
 */
export async function runLong<T>(
  { io, context }: { readonly io: Io; readonly context: CliContext },
  untouched: string,
  work: (options: {
    readonly signal: AbortSignal;
    readonly onProgress: (progress: Progress) => void;
  }) => Promise<T>,
): Promise<T> {
  const signal = context.listenForStop();
  const onProgress = ({ stage, share }: Progress) =>
    io.status(`${WORDS[stage]}: ${Math.floor(share * 100)} %`);
  try {
    return await work({ signal, onProgress });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliError(
      { code: "interrupted", message: `Interrupted. ${untouched}`, fix: "Start it again." },
      { cause: error },
    );
  }
}
