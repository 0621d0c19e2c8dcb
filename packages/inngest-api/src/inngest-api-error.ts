export type InngestApiErrorCode =
  | "unreachable"
  | "unauthorized"
  | "not-found"
  | "unsupported"
  | "invalid"
  | "server";

export interface InngestApiErrorOptions {
  readonly fix: string;
  readonly cause?: unknown;
}

/**
 * An expected failure of a call to the server. `fix` is one sentence that says what to do about it.
 * Neither text ever holds a key: `/e/:key` is written `/e/…`.
 */
export class InngestApiError extends Error {
  override readonly name = "InngestApiError";
  readonly code: InngestApiErrorCode;
  readonly fix: string;

  constructor(code: InngestApiErrorCode, message: string, options: InngestApiErrorOptions) {
    super(message, "cause" in options ? { cause: options.cause } : {});
    this.code = code;
    this.fix = options.fix;
  }
}
