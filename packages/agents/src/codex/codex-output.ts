import { z } from "zod";
import type { AgentAccount, AgentOutput, AgentTrouble } from "../agent.ts";
import type { AgentUsage } from "../agent-result.ts";
import { linesOfType, sumCalls } from "../output-lines.ts";
import { largerUsage, NO_USAGE } from "../usage.ts";
import { readCodexCall } from "./codex-call.ts";

const Item = z.object({
  type: z.string(),
  text: z.string().optional(),
  command: z.string().optional(),
  aggregated_output: z.string().optional(),
  /** Of a web search, a call of an MCP server. */
  query: z.string().optional(),
  action: z.unknown().optional(),
  arguments: z.unknown().optional(),
  result: z.unknown().optional(),
});
type Item = z.infer<typeof Item>;

const Line = z.discriminatedUnion("type", [
  z.object({ type: z.literal("item.completed"), item: Item }),
  z.object({ type: z.literal("error"), message: z.string() }),
  z.object({ type: z.literal("turn.failed"), error: z.object({ message: z.string() }) }),
  z.object({
    type: z.literal("turn.completed"),
    usage: z.object({
      input_tokens: z.number(),
      cached_input_tokens: z.number().default(0),
      output_tokens: z.number(),
    }),
  }),
]);
type Line = z.infer<typeof Line>;

const LINE_TYPES = ["item.completed", "error", "turn.failed", "turn.completed"];

export function readCodexOutput({ stdout, stderr }: AgentOutput): AgentAccount {
  const lines = linesOfType(stdout, LINE_TYPES).flatMap((line) => {
    const parsed = Line.safeParse(line);
    return parsed.success ? [parsed.data] : [];
  });
  const items = lines.flatMap((line) => (line.type === "item.completed" ? [line.item] : []));
  return {
    end: endOf(lines, items),
    lastTrouble: lastTrouble(lines),
    usage: largerUsage(sumCalls(stderr, readCodexCall), usageOf(lines)),
    model: [...stderr.matchAll(MODEL)].at(-1)?.[1] ?? null,
    toolText: items.map(toolTextOf).join("\n"),
  };
}

function endOf(lines: readonly Line[], items: readonly Item[]): AgentAccount["end"] {
  const last = lines.findLast(({ type }) => type === "turn.completed" || type === "turn.failed");
  if (last?.type === "turn.failed") return { trouble: { message: last.error.message } };
  if (last?.type !== "turn.completed") return null;
  return { answer: items.findLast(({ type }) => type === "agent_message")?.text ?? "" };
}

function lastTrouble(lines: readonly Line[]): AgentTrouble | null {
  const error = lines.findLast((line) => line.type === "error");
  return error === undefined ? null : { message: error.message };
}

function usageOf(lines: readonly Line[]): AgentUsage {
  const completed = lines.findLast((line) => line.type === "turn.completed");
  if (completed === undefined) return NO_USAGE;
  const { input_tokens, cached_input_tokens, output_tokens } = completed.usage;
  return {
    inputTokens: input_tokens,
    cachedTokens: cached_input_tokens,
    outputTokens: output_tokens,
  };
}

function toolTextOf({ command, aggregated_output, query, action, ...call }: Item): string {
  const { arguments: given, result } = call;
  return [command, aggregated_output, query, ...[action, given, result].map(asText)]
    .filter((text) => text !== undefined)
    .join("\n");
}

function asText(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

const MODEL = / slug=(\S+)/g;
