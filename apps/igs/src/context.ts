import type { ApplicationContext } from "@stricli/core";
import type { Prompter } from "./prompts/prompter.ts";

interface TextSink {
  write(text: string): void;
}

/**
 * Everything that a command may touch of the process it runs in; tests pass their own. `process` is
 * Stricli's, for its help and complaints; commands write to `stdout` and `stderr`.
 */
export interface CliContext extends ApplicationContext {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** What was typed to get here: `igs` or `slog`. */
  readonly programName: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly isTerminal: boolean;
  /** How wide the terminal is, where there is one. */
  readonly terminalColumns: number | undefined;
  /** Its size at this moment, where there is one: people resize it while something is drawn. */
  readonly terminalSize?: () => { readonly columns: number; readonly rows: number } | undefined;
  /** Asks a person; undefined where nobody sits at a terminal to answer. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  /** Opens an address in the person's browser; false where none could be started. */
  readonly openAddress: (address: string) => Promise<boolean>;
  /** Asks more than yes or no; absent where nobody sits at a terminal to answer. */
  readonly openPrompter?: (() => Promise<Prompter>) | undefined;
  readonly readStdin: () => Promise<string>;
  /**
   * From this call on Ctrl-C (SIGINT), SIGTERM and SIGHUP abort the signal instead of ending the
   * process; a second one ends it at once.
   */
  readonly listenForStop: () => AbortSignal;
  /** Set by the command; the process ends with it. */
  readonly exit: { code: number };
}
