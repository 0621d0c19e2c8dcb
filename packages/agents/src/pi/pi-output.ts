import { z } from "zod";
import type { AgentAccount, AgentOutput, AgentTrouble } from "../agent.ts";
import { linesOfType, sumCalls } from "../output-lines.ts";
import { addUsage, largerUsage, NO_USAGE } from "../usage.ts";
import { readPiCall, readPiUsage } from "./pi-call.ts";

const Block = z.object({
  type: z.string(),
  text: z.string().optional(),
  arguments: z.unknown().optional(),
});
const Message = z.object({
  role: z.string(),
  content: z.union([z.string(), z.array(Block)]).catch([]),
  model: z.string().optional(),
  stopReason: z.string().optional(),
  errorMessage: z.string().optional(),
  usage: z.unknown().optional().transform(readPiUsage),
});
type Message = z.infer<typeof Message>;

const AgentEnd = z.object({ type: z.literal("agent_end"), messages: z.array(Message) });
const RetryStart = z.object({ type: z.literal("auto_retry_start"), errorMessage: z.string() });

/** The whole conversation stands in the last `agent_end`; of several tries the last one counts. */
export function readPiOutput({ stdout }: AgentOutput): AgentAccount {
  const messages =
    linesOfType(stdout, ["agent_end"])
      .map((line) => AgentEnd.safeParse(line))
      .findLast((parsed) => parsed.success)?.data?.messages ?? [];
  const last = messages.at(-1);
  const told = messages.reduce((sum, { usage }) => addUsage(sum, usage ?? NO_USAGE), NO_USAGE);
  return {
    end: last === undefined ? null : endOf(last),
    lastTrouble: lastTrouble(stdout),
    usage: largerUsage(sumCalls(stdout, readPiCall), told),
    model: messages.findLast(({ model }) => model !== undefined)?.model ?? null,
    toolText: messages.map(toolTextOf).join("\n"),
  };
}

function endOf(last: Message): AgentAccount["end"] {
  const { role, stopReason, errorMessage, content } = last;
  if (role === "assistant" && stopReason === "stop") {
    return { answer: textOf(content) };
  }
  if (errorMessage !== undefined) return { trouble: { message: errorMessage } };
  return { trouble: { kind: "bad-output", message: `it stopped with "${stopReason}"` } };
}

function lastTrouble(stdout: string): AgentTrouble | null {
  const retries = linesOfType(stdout, ["auto_retry_start"]).flatMap((line) => {
    const parsed = RetryStart.safeParse(line);
    return parsed.success ? [{ message: parsed.data.errorMessage }] : [];
  });
  return retries.at(-1) ?? null;
}

function textOf(content: Message["content"]): string {
  if (typeof content === "string") return content;
  return content.map(({ text }) => text ?? "").join("\n");
}

function toolTextOf({ role, content }: Message): string {
  if (role === "toolResult") return textOf(content);
  if (role !== "assistant" || typeof content === "string") return "";
  return content
    .map((block) => (block.type === "toolCall" ? JSON.stringify(block.arguments) : ""))
    .join("\n");
}
