import { InngestApiError, type InngestApiErrorCode } from "@system-bus/inngest-api";

/** What went wrong, as the page shows it. `fault` is a mistake of the page's own. */
export interface Failure {
  readonly code: InngestApiErrorCode | "fault";
  readonly message: string;
}

export function readFailure(error: unknown): Failure {
  if (error instanceof InngestApiError) return { code: error.code, message: error.message };
  return { code: "fault", message: error instanceof Error ? error.message : String(error) };
}
