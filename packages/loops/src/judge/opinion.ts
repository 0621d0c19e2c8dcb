import { z } from "zod";

/** What a model has to say of an attempt. */
export interface Opinion {
  readonly verdict: "pass" | "fail";
  readonly reasons: readonly string[];
  readonly testsContradictCriteria: boolean;
  /** A story that has to come first; null where none has. */
  readonly needsStory: string | null;
}

export interface OpinionProblem {
  /** A sentence's end: “the judge's answer can't be used: <problem>”. */
  readonly problem: string;
}

const ANSWER_CHARS_MAX = 100_000;
const STARTS_MAX = 500;
const REASONS_MAX = 10;
const REASON_CHARS_MAX = 1_000;

const OpinionSchema = z.object({
  verdict: z.enum(["pass", "fail"]),
  reasons: z.array(z.string()).max(100),
  tests_contradict_criteria: z.boolean(),
  needs_story: z.string().max(1_000).nullable(),
});

/**
 * The JSON object of a judge's answer, whatever stands around it. An answer that says two things is none:
 * it may have quoted what the code says for itself. `storyIds`: a needed story that isn't one of these is
 * no story that could come first.
 */
export function readOpinion(answer: string, storyIds: readonly string[]): Opinion | OpinionProblem {
  const found = findObjects(answer.slice(-ANSWER_CHARS_MAX)).flatMap((object) => {
    const parsed = OpinionSchema.safeParse(object);
    return parsed.success ? [toOpinion(parsed.data, storyIds)] : [];
  });
  const last = found.at(-1);
  if (last === undefined) {
    const fields = Object.keys(OpinionSchema.shape).join(", ");
    return { problem: `it holds no JSON object with ${fields}` };
  }
  if (found.some((other) => !saysTheSame(other, last))) {
    return { problem: "it holds several verdicts, and they differ" };
  }
  if (last.verdict === "fail" && last.reasons.length === 0) {
    return { problem: "it says fail and not why" };
  }
  if (last.verdict === "pass" && last.needsStory !== null) {
    return { problem: `it says pass, and that ${last.needsStory} has to come first` };
  }
  return last;
}

function toOpinion(
  { verdict, reasons, tests_contradict_criteria, needs_story }: z.infer<typeof OpinionSchema>,
  storyIds: readonly string[],
): Opinion {
  const told = reasons
    .map((reason) => reason.replace(/\s+/g, " ").trim().slice(0, REASON_CHARS_MAX).toWellFormed())
    .filter((reason) => reason !== "")
    .slice(0, REASONS_MAX);
  const needsStory = needs_story !== null && storyIds.includes(needs_story) ? needs_story : null;
  return { verdict, reasons: told, testsContradictCriteria: tests_contradict_criteria, needsStory };
}

function saysTheSame(one: Opinion, other: Opinion): boolean {
  return (
    one.verdict === other.verdict &&
    one.testsContradictCriteria === other.testsContradictCriteria &&
    one.needsStory === other.needsStory
  );
}

/** The outermost `{…}` that are JSON, in their order. Looks at no more places than bounded. */
function findObjects(text: string): readonly unknown[] {
  const objects: unknown[] = [];
  let start = text.indexOf("{");
  for (let looked = 0; start >= 0 && looked < STARTS_MAX; looked += 1) {
    const end = endOfObject(text, start);
    const object = end === null ? null : parseJson(text.slice(start, end));
    if (object !== null) objects.push(object);
    start = text.indexOf("{", object === null || end === null ? start + 1 : end);
  }
  return objects;
}

function endOfObject(text: string, start: number): number | null {
  let depth = 0;
  let isInString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === "\\") at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
