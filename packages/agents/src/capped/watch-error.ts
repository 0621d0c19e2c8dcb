/** Why no agent was started, with the exit code that tells it. */
export class WatchError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "WatchError";
    this.exitCode = exitCode;
  }
}
