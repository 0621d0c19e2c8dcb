import { openai } from "@inngest/ai/models";
import { z } from "zod";
import type { TranscriptSegment } from "../video/transcript.ts";
import { WorkerError } from "../worker-error.ts";
import { readSummary, type Summary, summaryJsonSchema } from "./summary.ts";
import { modelMessages, type SummaryPromptInput, transcriptText } from "./summary-prompt.ts";

export interface ModelSettings {
  /** The address of an OpenAI-compatible server, up to and with its version: `http://127.0.0.1:11434/v1`. */
  readonly url: string;
  readonly model: string;
  readonly key: string | undefined;
}

/** About 50,000 tokens: what models that people run at home can hold, with room for the answer. */
const CHARACTERS_MAX = 200_000;

/** What `step.ai.infer` takes. The call itself is made by the engine, which sees address and key. */
export function inferRequest(
  { url, model, key }: ModelSettings,
  input: SummaryPromptInput,
  segments: readonly TranscriptSegment[],
) {
  const { text } = transcriptText(segments, CHARACTERS_MAX);
  return {
    // Without a key of its own the adapter would send OPENAI_API_KEY, to whatever address this is.
    model: openai({ model, baseUrl: url, apiKey: key ?? "none" }),
    body: {
      messages: [...modelMessages(input, text)],
      response_format: { type: "json_schema" as const, json_schema: summaryJsonSchema },
    },
  };
}

/** Says on the note when the model could not be given all of a long talk. */
export function shareRemark(segments: readonly TranscriptSegment[]): string | undefined {
  const { share } = transcriptText(segments, CHARACTERS_MAX);
  return share === 1
    ? undefined
    : `The talk is long: the model read ${Math.round(share * 100)} % of it, spread evenly.`;
}

const Completion = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
});

export interface ModelAnswer {
  readonly summary: Summary;
  readonly model: string | undefined;
}

export function readModelAnswer(completion: unknown): ModelAnswer {
  const parsed = Completion.safeParse(completion);
  const fail = (problem: string) =>
    new WorkerError("SUMMARY_FAILED", `The model's answer ${problem}; try another SUMMARY_MODEL`);
  if (!parsed.success) throw fail("is no chat completion");
  const [choice] = parsed.data.choices;
  const summary = readSummary(choice?.message.content ?? "");
  if ("problem" in summary)
    throw fail(
      choice?.message.refusal ? `is a refusal: ${choice.message.refusal}` : summary.problem,
    );
  // It has no tools, so whatever it says it read, it did not.
  return { summary: { ...summary, research: [] }, model: parsed.data.model };
}
