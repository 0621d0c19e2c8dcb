export type SettingsErrorCode =
  | "SETTINGS_INVALID"
  | "KEYS_NOT_WRITTEN"
  | "SETTINGS_NOT_WRITTEN"
  | "STATE_TOO_NEW"
  | "STATE_NOT_WRITTEN";

/** Null: its one problem is a whole sentence. */
const HEADINGS = {
  SETTINGS_INVALID: "These settings cannot be used",
  KEYS_NOT_WRITTEN: "No keys",
  SETTINGS_NOT_WRITTEN: "The setting is not stored",
  STATE_TOO_NEW: null,
  STATE_NOT_WRITTEN: null,
} as const satisfies Record<SettingsErrorCode, string | null>;

/** Settings that cannot work. The message names every problem at once, with its cure. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly code: SettingsErrorCode;
  /** One line for each problem. Never holds a secret. */
  readonly problems: readonly string[];

  constructor(
    code: SettingsErrorCode,
    problems: readonly string[],
    options?: { readonly cause?: unknown },
  ) {
    const heading = HEADINGS[code];
    const list = problems.map((problem) => `  - ${problem}`).join("\n");
    super(heading === null ? problems.join("\n") : `${heading}:\n${list}`, options);
    this.code = code;
    this.problems = problems;
  }
}
