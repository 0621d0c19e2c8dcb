import type { FunctionConfig } from "./function-config.ts";

/** An app as it last registered itself. */
export interface App {
  readonly id: string;
  readonly name: string;
  /** The serve URL, such as `http://127.0.0.1:3111/api/inngest`. */
  readonly url: string;
  readonly framework: string;
  readonly sdkLanguage: string;
  readonly sdkVersion: string;
  /** Of the registration's content: an equal one changes nothing. Empty when any is to be a change. */
  readonly checksum: string;
  readonly createdAtMs: number;
  readonly syncedAtMs: number;
}

/** What an app said when it last changed something. */
export interface Sync {
  readonly id: string;
  readonly appId: string;
  readonly url: string;
  readonly framework: string;
  readonly sdkLanguage: string;
  readonly sdkVersion: string;
  readonly functionCount: number;
  readonly syncedAtMs: number;
}

export interface AppFunction {
  readonly id: string;
  readonly appId: string;
  readonly config: FunctionConfig;
  /** The app no longer has it: nothing starts it, its old runs still name it. */
  readonly isArchived: boolean;
  /** Null unless somebody has paused it. */
  readonly pause: FunctionPause | null;
}

/** A paused function starts no runs until it is resumed. */
export interface FunctionPause {
  readonly atMs: number;
  /** Whether the runs that it had go on only when it is resumed. */
  readonly holdsRuns: boolean;
}
