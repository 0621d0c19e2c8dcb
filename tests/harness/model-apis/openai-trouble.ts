import type { ModelTrouble } from "./model-answer.ts";

/** OpenAI's words for it, on both of its APIs. */
export function openAiTrouble({ status, retryAfterSeconds, planResetsAt }: ModelTrouble): object {
  if (planResetsAt !== undefined) {
    const message = "The usage limit has been reached";
    const type = "usage_limit_reached";
    return { error: { type, message, plan_type: "plus", resets_at: planResetsAt } };
  }
  switch (status) {
    case 401:
      return error("Incorrect API key provided: no**one.", "invalid_api_key");
    case 413:
      return error(
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 200000 tokens. Please reduce the length of the messages.",
        "context_length_exceeded",
      );
    case 429: {
      const again =
        retryAfterSeconds === undefined ? "" : ` Please try again in ${retryAfterSeconds}s.`;
      return error(
        `Rate limit reached for scripted on tokens per min (TPM): Limit 30000, Used 30000.${again}`,
        "rate_limit_exceeded",
        "tokens",
      );
    }
    default:
      return error("the model is unwell", null, "server_error");
  }
}

function error(message: string, code: string | null, type = "invalid_request_error"): object {
  return { error: { message, type, param: null, code } };
}
