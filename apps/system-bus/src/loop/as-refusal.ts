import { LoopsError, type LoopsErrorCode } from "@system-bus/loops";
import { NonRetriableError } from "inngest";

/** May another try help, all else being the same? */
const MAY_RETRY = {
  PRD_INVALID: false,
  PROJECT_REFUSED: false,
  PROJECT_UNFIT: false,
  PROJECT_HELD: false,
  LOOP_UNKNOWN: false,
  LOOP_EXISTS: false,
  LOOP_STATE: false,
  RECORD_DAMAGED: false,
  GIT_FAILED: true,
  BRANCH_MOVED: false,
  CHANGE_REFUSED: false,
  AGENT_MISSING: false,
} as const satisfies Record<LoopsErrorCode, boolean>;

/** Runs the work of a step and tells the engine, in its own terms, when a retry can't help. */
export async function asRefusal<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LoopsError && !MAY_RETRY[error.code]) {
      throw new NonRetriableError(error.message, { cause: error });
    }
    throw error;
  }
}
