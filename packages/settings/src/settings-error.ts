export type SettingsErrorCode = "SETTINGS_INVALID" | "KEYS_NOT_WRITTEN" | "SETTINGS_NOT_WRITTEN";

const HEADINGS = {
  SETTINGS_INVALID: "These settings cannot be used",
  KEYS_NOT_WRITTEN: "No keys",
  SETTINGS_NOT_WRITTEN: "The setting is not stored",
} as const satisfies Record<SettingsErrorCode, string>;

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
    super(`${HEADINGS[code]}:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`, options);
    this.code = code;
    this.problems = problems;
  }
}
