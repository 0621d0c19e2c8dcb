import { z } from "zod";

const LINE = z.string().trim().min(1).max(2_000);

/** What a model has to return: sections, never the note. */
export const SummarySchema = z.object({
  executiveSummary: z.string().trim().min(1).max(12_000),
  keyPoints: z.array(LINE).min(1).max(20),
  /** Who speaks, as far as somebody knows; null when nobody does. */
  speakerContext: z.string().trim().max(6_000).nullable(),
  quotes: z.array(z.object({ text: LINE })).max(12),
  /** Pages that were really opened for it. */
  research: z
    .array(z.object({ title: z.string().trim().max(500), url: z.string().trim().max(4_096) }))
    .max(50),
});

export type Summary = z.infer<typeof SummarySchema>;

/** What a model server gets as `response_format`. All fields are required there, by its rules. */
export const summaryJsonSchema = {
  name: "summary",
  strict: true,
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["executiveSummary", "keyPoints", "speakerContext", "quotes", "research"],
    properties: {
      executiveSummary: { type: "string" },
      keyPoints: { type: "array", items: { type: "string" } },
      speakerContext: { type: ["string", "null"] },
      quotes: {
        type: "array",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["text"],
          properties: { text: { type: "string" } },
        },
      },
      research: {
        type: "array",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["title", "url"],
          properties: { title: { type: "string" }, url: { type: "string" } },
        },
      },
    },
  },
} as const;

/**
 * Reads a model's answer: the JSON object in it, with or without a code fence and words around it.
 * The problem as a sentence when there is none, or when it lacks what a summary needs.
 */
export function readSummary(answer: string): Summary | { readonly problem: string } {
  let problem = "holds no JSON object";
  for (const candidate of jsonObjects(answer)) {
    const parsed = SummarySchema.safeParse(withDefaults(candidate));
    if (parsed.success) return parsed.data;
    problem = `does not fit: ${z.prettifyError(parsed.error).replace(/\s+/g, " ")}`;
  }
  return { problem };
}

/** Small models leave empty lists out. */
function withDefaults(value: object): object {
  return { speakerContext: null, quotes: [], research: [], ...value };
}

/** The outermost `{…}` of a text that are JSON, the last first: a model may think aloud before it answers. */
function jsonObjects(text: string): object[] {
  const objects: object[] = [];
  let from = text.indexOf("{");
  while (from >= 0) {
    const end = endOfObject(text, from);
    const parsed = end === null ? null : parseObject(text.slice(from, end));
    if (parsed) objects.unshift(parsed);
    from = text.indexOf("{", parsed && end !== null ? end : from + 1);
  }
  return objects;
}

function endOfObject(text: string, from: number): number | null {
  let depth = 0;
  let isInString = false;
  for (let index = from; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === "\\") index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return null;
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}
