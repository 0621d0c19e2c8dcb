/**
 * What can go wrong, as programs read it in `error.code`.
 *
 * `usage`: the command line is wrong. `settings`: a setting is. `event-invalid`: an event doesn't
 * have its schema. `unreachable`: no engine answers. `unavailable`: something that the command needs
 * can't be had here. `refused`: as things are it can't be done, and nothing was. `timed-out`: what was
 * waited for goes on. `internal`: our own fault. The rest say what their names say.
 */
export type FailureCode =
  | "usage"
  | "refused"
  | "settings"
  | "event-invalid"
  | "unreachable"
  | "unavailable"
  | "unauthorized"
  | "not-found"
  | "invalid"
  | "server"
  | "run-failed"
  | "loop-failed"
  | "loop-paused"
  | "port-taken"
  | "unfinished-runs"
  | "part-failed"
  | "timed-out"
  | "unhealthy"
  | "log"
  | "interrupted"
  | "internal";

export const EXIT_CODES = {
  usage: 2,
  refused: 2,
  settings: 2,
  "event-invalid": 2,
  unreachable: 3,
  unavailable: 3,
  unauthorized: 1,
  "not-found": 1,
  invalid: 1,
  server: 1,
  "run-failed": 1,
  "loop-failed": 1,
  "loop-paused": 1,
  "port-taken": 1,
  "unfinished-runs": 1,
  "part-failed": 1,
  "timed-out": 1,
  unhealthy: 1,
  log: 1,
  interrupted: 130,
  internal: 1,
} as const satisfies Record<FailureCode, number>;

/** `fix` is one sentence that says what to do. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly fix: string;
}

/** An expected failure of a command. */
export class CliError extends Error implements Failure {
  override readonly name = "CliError";
  readonly code: FailureCode;
  readonly fix: string;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.code = failure.code;
    this.fix = failure.fix;
  }
}
