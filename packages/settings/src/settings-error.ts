export type SettingsErrorCode = "SETTINGS_INVALID" | "KEYS_NOT_WRITTEN";

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
    const heading = code === "SETTINGS_INVALID" ? "These settings cannot be used" : "No keys";
    super(`${heading}:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`, options);
    this.code = code;
    this.problems = problems;
  }
}
