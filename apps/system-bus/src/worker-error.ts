import { NonRetriableError } from "inngest";

/**
 * May another try help, all else being the same? A full disk or a missing program won't change within
 * the minutes that retries take; whoever mends it sends the event again. A model's answer is kept in the
 * run's state: to read it a second time comes to the same.
 */
const MAY_RETRY = {
  ADDRESS_INVALID: false,
  ADDRESS_REFUSED: false,
  VIDEO_MISSING: false,
  VIDEO_UNREACHABLE: true,
  DOWNLOAD_FAILED: true,
  PROGRAM_MISSING: false,
  PROGRAM_FAILED: true,
  AGENT_NOT_LOGGED_IN: false,
  ARCHIVE_UNREACHABLE: true,
  ARCHIVE_REFUSED: false,
  ARCHIVE_DAMAGED: true,
  TRANSCRIPT_MISSING: false,
  CLAIM_INVALID: false,
  CLAIM_MISSING: false,
  NOTE_MISSING: false,
  NOTE_TAKEN_OVER: false,
  SUMMARY_FAILED: false,
  DISK_FULL: false,
  WRITE_REFUSED: false,
  NOTIFY_FAILED: true,
  NOTIFY_REFUSED: false,
} as const satisfies Record<string, boolean>;

export type WorkerErrorCode = keyof typeof MAY_RETRY;

/** Bad input or a bad world. The message says what failed, with which value, and what to do. */
export class WorkerError extends Error {
  override readonly name = "WorkerError";
  readonly code: WorkerErrorCode;

  constructor(code: WorkerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get mayRetry(): boolean {
    return MAY_RETRY[this.code];
  }
}

/** Runs the work of a step and tells the engine, in its own terms, when a retry can't help. */
export async function asStep<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WorkerError && !error.mayRetry) {
      throw new NonRetriableError(error.message, { cause: error });
    }
    throw error;
  }
}

/** Turns what the file system refuses into words that say what to do. Other errors come back as they are. */
export function describeFileError(error: unknown, path: string): unknown {
  switch (systemCode(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return new WorkerError(
        "DISK_FULL",
        `No space left to write ${path}: free some, then send the event again`,
        {
          cause: error,
        },
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new WorkerError(
        "WRITE_REFUSED",
        `No access to ${path}: give the user that runs the worker the right to read and write it, then send the event again`,
        { cause: error },
      );
    case "EEXIST":
    case "ENOTDIR":
    case "EISDIR":
      return new WorkerError(
        "WRITE_REFUSED",
        `${path} can't be used: a file stands where a folder is needed, or the reverse`,
        {
          cause: error,
        },
      );
    case "ENOENT":
      return new WorkerError(
        "WRITE_REFUSED",
        `${path} can't be made: mount its drive or make its folder, then send the event again`,
        { cause: error },
      );
    default:
      return error;
  }
}

/** The code of an error from the operating system, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
