import { z } from "zod";
import type { AgentAccount, AgentOutput, AgentTrouble } from "../agent.ts";
import type { AgentFailureKind, AgentUsage } from "../agent-result.ts";
import { linesOfType, sumCalls } from "../output-lines.ts";
import { addUsage, largerUsage, NO_USAGE } from "../usage.ts";
import { readClaudeCall } from "./claude-call.ts";

const Block = z.object({
  type: z.string(),
  text: z.string().optional(),
  input: z.unknown().optional(),
  content: z.unknown().optional(),
});
const Content = z.union([z.string(), z.array(Block)]).catch([]);

const ModelUsage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadInputTokens: z.number().default(0),
  cacheCreationInputTokens: z.number().default(0),
});

const Result = z.object({
  type: z.literal("result"),
  subtype: z.string(),
  is_error: z.boolean(),
  api_error_status: z.number().nullish(),
  result: z.string().optional(),
  stop_reason: z.string().nullish(),
  terminal_reason: z.string().nullish(),
  total_cost_usd: z.number().optional(),
  modelUsage: z.record(z.string(), ModelUsage).default({}).catch({}),
});
type Result = z.infer<typeof Result>;

const System = z.object({
  type: z.literal("system"),
  subtype: z.string(),
  model: z.string().optional(),
  error: z.string().nullish(),
  error_status: z.number().nullish(),
  retry_delay_ms: z.number().optional(),
});
const Turn = z.object({
  type: z.enum(["assistant", "user"]),
  message: z.object({ content: Content }),
});
const RateLimit = z.object({
  type: z.literal("rate_limit_event"),
  /** Seconds since 1970. */
  rate_limit_info: z.object({ status: z.string(), resetsAt: z.number().optional() }),
});
const Line = z.discriminatedUnion("type", [Result, System, Turn, RateLimit]);
type Line = z.infer<typeof Line>;

const LINE_TYPES = ["result", "system", "assistant", "user", "rate_limit_event"];

export function readClaudeOutput({ stdout }: AgentOutput): AgentAccount {
  const lines = linesOfType(stdout, LINE_TYPES).flatMap((line) => {
    const parsed = Line.safeParse(line);
    return parsed.success ? [parsed.data] : [];
  });
  const result = lines.findLast((line) => line.type === "result");
  const begun = lines.find((line) => line.type === "system" && line.model !== undefined);
  const counted = sumCalls(stdout, readClaudeCall);
  return {
    end: result === undefined ? null : endOf(result, lines),
    lastTrouble: lastTrouble(lines),
    usage: result === undefined ? counted : largerUsage(counted, usageOf(result)),
    model: begun?.type === "system" ? (begun.model ?? null) : null,
    toolText: lines.map(toolTextOf).join("\n"),
  };
}

function endOf(result: Result, lines: readonly Line[]): AgentAccount["end"] {
  const { subtype, is_error, api_error_status } = result;
  if (!is_error && subtype === "success") return { answer: result.result ?? "" };
  return {
    trouble: {
      message: result.result ?? subtype,
      status: api_error_status ?? undefined,
      kind: kindOf(result),
      resetAtMs: resetAtMs(lines),
    },
  };
}

function kindOf({ stop_reason, terminal_reason }: Result): AgentFailureKind | undefined {
  if (stop_reason === "refusal") return "refused";
  return terminal_reason === "prompt_too_long" ? "out-of-context" : undefined;
}

function resetAtMs(lines: readonly Line[]): number | undefined {
  const limit = lines.findLast((line) => line.type === "rate_limit_event")?.rate_limit_info;
  if (limit?.status !== "rejected" || limit.resetsAt === undefined) return undefined;
  return limit.resetsAt * 1_000;
}

function lastTrouble(lines: readonly Line[]): AgentTrouble | null {
  const retry = lines.findLast((line) => line.type === "system" && line.subtype === "api_retry");
  if (retry?.type !== "system") return null;
  const { error, error_status, retry_delay_ms = 0 } = retry;
  return {
    message: `${error ?? "unknown"}, try again in ${Math.ceil(retry_delay_ms / 1_000)}s`,
    status: error_status ?? undefined,
  };
}

/** Of all models that it asked, small ones beside the main one included. */
function usageOf({ modelUsage, total_cost_usd }: Result): AgentUsage {
  const sum = Object.values(modelUsage)
    .map((model) => ({
      inputTokens: model.inputTokens + model.cacheReadInputTokens + model.cacheCreationInputTokens,
      cachedTokens: model.cacheReadInputTokens,
      outputTokens: model.outputTokens,
    }))
    .reduce<AgentUsage>(addUsage, NO_USAGE);
  return { ...sum, ...(total_cost_usd === undefined ? {} : { costUsd: total_cost_usd }) };
}

function toolTextOf(line: Line): string {
  if (line.type !== "assistant" && line.type !== "user") return "";
  const { content } = line.message;
  if (typeof content === "string") return "";
  return content
    .map((block) => {
      if (block.type === "tool_use") return JSON.stringify(block.input);
      return block.type === "tool_result" ? JSON.stringify(block.content) : "";
    })
    .join("\n");
}
