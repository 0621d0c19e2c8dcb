// Query parameters as schemas: each is read from the texts that it came with, and documented as what it
// has to be. Those that are absent or empty count as not given; those that no schema names are ignored,
// as Inngest does.

import { z } from "zod";
import { EngineError } from "../../core/errors.ts";

const DATE_PATTERN =
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** What a parameter came with: one text for each time that it was given. */
const Texts = z.array(z.string());

export function textParameter(description: string) {
  return Texts.transform(([text]) => text)
    .pipe(z.string().optional())
    .meta({ description });
}

/** May come several times. */
export function textsParameter(description: string) {
  return Texts.transform((texts) => (texts.length === 0 ? undefined : texts))
    .pipe(z.array(z.string()).optional())
    .meta({ description });
}

/** A whole number from 1. */
export function countParameter(
  description: string,
  { fallback, max }: { readonly fallback: number; readonly max: number },
) {
  return Texts.transform(([text], context) => {
    if (text === undefined) return fallback;
    const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    return value >= 1 && value <= max ? value : refuse(context, `a whole number from 1 to ${max}`);
  })
    .pipe(z.int().min(1).max(max))
    .meta({ description, default: fallback });
}

/** False when it is not given. */
export function flagParameter(description: string) {
  return Texts.transform(([text = "false"], context) => {
    if (text === "false" || text === "0") return false;
    return text === "true" || text === "1" ? true : refuse(context, "true or false");
  })
    .pipe(z.boolean())
    .meta({ description, default: false });
}

/** A date or a moment in RFC 3339; read as Unix milliseconds. */
export function momentParameter(description: string) {
  return Texts.transform(([text], context) => {
    if (text === undefined) return undefined;
    return readMomentMs(text) ?? refuse(context, MOMENT_WANTED);
  })
    .pipe(z.number().optional())
    .meta({ description, type: "string", format: "date-time" });
}

const MOMENT_WANTED = "a moment such as 2026-11-21T02:00:00Z";

/** A date or a moment in RFC 3339, in a body; read as Unix milliseconds. */
export const MomentText = z
  .string()
  .meta({ format: "date-time" })
  .transform(
    (text, context) => readMomentMs(text) ?? refuse(context, `"${text}" is not ${MOMENT_WANTED}`),
  );

/** Null for a text that is no date and no moment in RFC 3339. */
function readMomentMs(text: string): number | null {
  const ms = DATE_PATTERN.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

export function choiceParameter<const T extends string>(
  description: string,
  { choices, fallback }: { readonly choices: readonly T[]; readonly fallback: T },
) {
  const read = (texts: unknown) => Texts.parse(texts)[0] ?? fallback;
  return z.preprocess(read, oneOf(choices)).meta({ description, default: fallback });
}

/** May come several times. */
export function choicesParameter<const T extends string>(
  description: string,
  choices: readonly T[],
) {
  const read = (texts: unknown) => withoutRepeats(Texts.parse(texts));
  return z.preprocess(read, z.array(oneOf(choices)).optional()).meta({ description });
}

/** Throws INPUT_INVALID with the first parameter that is not what it has to be. */
export function readQuery<Query extends z.ZodObject>(query: Query, url: string): z.output<Query> {
  const { searchParams } = new URL(url);
  const textsOf = (name: string) => searchParams.getAll(name).filter((text) => text !== "");
  const given = Object.fromEntries(Object.keys(query.shape).map((name) => [name, textsOf(name)]));
  const reading = query.safeParse(given);
  if (reading.success) return reading.data;
  const [issue] = reading.error.issues;
  const [name, index] = issue?.path ?? [];
  const texts = textsOf(String(name));
  const text = typeof index === "number" ? withoutRepeats(texts)?.[index] : texts[0];
  throw new EngineError(
    "INPUT_INVALID",
    `The parameter "${String(name)}" is "${text}", but has to be ${issue?.message}.`,
  );
}

function withoutRepeats(texts: readonly string[]): readonly string[] | undefined {
  return texts.length === 0 ? undefined : [...new Set(texts)];
}

function oneOf<const T extends string>(choices: readonly T[]) {
  return z.enum(choices, { error: `one of ${choices.join(", ")}` });
}

function refuse(context: z.RefinementCtx, wanted: string): never {
  context.addIssue({ code: "custom", message: wanted });
  return z.NEVER;
}
