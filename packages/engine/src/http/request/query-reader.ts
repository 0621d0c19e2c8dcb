import { EngineError } from "../../core/errors.ts";

const DATE_PATTERN =
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Reads query parameters, each as what it has to be. Throws INPUT_INVALID with the parameter's name for
 * one that is not; parameters that nobody asks for are ignored, as Inngest does.
 */
export class QueryReader {
  readonly #parameters: URLSearchParams;

  constructor(url: string) {
    this.#parameters = new URL(url).searchParams;
  }

  /** Null when absent or empty. */
  text(name: string): string | null {
    return this.#parameters.get(name) || null;
  }

  /** A parameter that may come several times; null when it never does. */
  texts(name: string): readonly string[] | null {
    const values = this.#parameters.getAll(name).filter((value) => value !== "");
    return values.length === 0 ? null : values;
  }

  count(name: string, { fallback, max }: { fallback: number; max: number }): number {
    const text = this.text(name);
    if (text === null) return fallback;
    const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= max) return value;
    throw invalid(name, text, `a whole number from 1 to ${max}`);
  }

  flag(name: string): boolean {
    const text = this.text(name);
    if (text === null || text === "false" || text === "0") return false;
    if (text === "true" || text === "1") return true;
    throw invalid(name, text, "true or false");
  }

  /** Unix milliseconds of a date or a moment in RFC 3339. */
  momentMs(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const ms = DATE_PATTERN.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(ms)) return ms;
    throw invalid(name, text, "a moment such as 2026-11-21T02:00:00Z");
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.text(name);
    return text === null ? fallback : oneOf(name, text, choices);
  }

  choices<T extends string>(name: string, choices: readonly T[]): readonly T[] | null {
    const texts = this.texts(name);
    return texts && [...new Set(texts.map((text) => oneOf(name, text, choices)))];
  }
}

function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw invalid(name, text, `one of ${choices.join(", ")}`);
}

function invalid(name: string, text: string, wanted: string): EngineError {
  return new EngineError(
    "INPUT_INVALID",
    `The parameter "${name}" is "${text}", but has to be ${wanted}.`,
  );
}
