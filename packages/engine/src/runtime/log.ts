export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Where the engine says what an operator should know. Never given keys, headers or payloads. */
export type Log = (line: LogLine) => void;
