import type { PartName } from "./part-name.ts";

/** One child process of the supervisor: what to run, and how to see that it is ready. */
export interface PartSpec {
  readonly name: PartName;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Keys travel here, never in `argv`: a command line is open to everyone on the machine. */
  readonly env: Readonly<Record<string, string>>;
  /** Settles once the part can be used. Rejects when it never will be. */
  readonly waitUntilReady: (part: ReadyWatch) => Promise<void>;
  /** The first line of stdout is a word to the supervisor, and shown to nobody. */
  readonly isFirstLineOurs: boolean;
  /** How long it may take to stop before it is killed. */
  readonly stopMaxMs: number;
}

/** What a part's readiness can be read from. */
export interface ReadyWatch {
  /** The first line of stdout, or null when stdout ended without one. */
  readonly firstLine: Promise<string | null>;
  /** Aborts when the part has ended or is to stop. */
  readonly signal: AbortSignal;
}
