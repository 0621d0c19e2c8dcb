import type { ModelCall } from "../model-call.ts";

/** Such as `… event.kind=response.completed input_token_count=100 output_token_count=20 …`. */
const CALL = /event\.kind=response\.completed .*event\.timestamp=(\S+) conversation\.id=(\S+)/;
const MODEL = / slug=(\S+)/;

/** The line of its trace on stderr that ends each call of the model. */
export function readCodexCall(line: string): ModelCall | null {
  const [, timestamp, conversation] = CALL.exec(line) ?? [];
  if (timestamp === undefined) return null;
  const count = (name: string): number =>
    Number(new RegExp(` ${name}_token_count=(\\d+)`).exec(line)?.[1] ?? 0);
  return {
    id: `${timestamp} ${conversation}`,
    model: MODEL.exec(line)?.[1] ?? null,
    usage: {
      inputTokens: count("input"),
      cachedTokens: count("cached"),
      outputTokens: count("output"),
    },
  };
}
