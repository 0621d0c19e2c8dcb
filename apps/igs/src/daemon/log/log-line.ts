export interface DaemonLogLine {
  /** ISO; null for a line that is not one of ours. */
  readonly at: string | null;
  readonly text: string;
}

/** A line as `rotating-file.ts` writes it. */
export function readLogLine(line: string): DaemonLogLine {
  const [, at, text] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (.*)$/s.exec(line) ?? [];
  return at === undefined || text === undefined ? { at: null, text: line } : { at, text };
}
