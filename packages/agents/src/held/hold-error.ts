/** Why nothing was started, with the exit code that tells it. */
export class HoldError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HoldError";
    this.exitCode = exitCode;
  }
}
