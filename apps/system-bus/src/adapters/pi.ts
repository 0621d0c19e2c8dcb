// pi, the agent, headless. Its trap: in JSON mode it ends with 0 when its model fails, so only its
// last message tells how it went.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export interface PiCommand {
  readonly prompt: string;
  /** A file that is put before the prompt. */
  readonly material: string;
  readonly model: string | undefined;
  /** A skill file or folder. */
  readonly skill: string | undefined;
}

export function piArguments({ prompt, material, model, skill }: PiCommand): string[] {
  return [
    ...["-p", "--mode", "json", "--no-session", "--no-context-files"],
    ...(model === undefined ? [] : ["--model", model]),
    ...(skill === undefined ? [] : ["--skill", skill]),
    `@${material}`,
    prompt,
  ];
}

/** Whose accounts pi may use, and where its settings lie. Only these reach it. */
const PASSED_NAMES = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_OAUTH_TOKEN",
  "OPENAI_API_KEY",
  "AZURE_OPENAI_API_KEY",
  "AZURE_OPENAI_BASE_URL",
  "AZURE_OPENAI_RESOURCE_NAME",
  "DEEPSEEK_API_KEY",
  "GEMINI_API_KEY",
  "GROQ_API_KEY",
  "CEREBRAS_API_KEY",
  "XAI_API_KEY",
  "FIREWORKS_API_KEY",
  "OPENROUTER_API_KEY",
  "AI_GATEWAY_API_KEY",
  "ZAI_API_KEY",
  "MISTRAL_API_KEY",
  "KIMI_API_KEY",
  "BRAVE_API_KEY",
  "PI_CODING_AGENT_DIR",
  "PI_OFFLINE",
] as const;

type Environment = Readonly<Record<string, string | undefined>>;

export function piEnvironment(env: Environment, searchPath: string): Record<string, string> {
  const passed = PASSED_NAMES.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PATH: searchPath, PI_TELEMETRY: "0", ...Object.fromEntries(passed) };
}

/** Whether its person has ever given pi a model: an account, a key, or a provider of their own. */
export function isPiSetUp(env: Environment, home: string): boolean {
  const folder = env["PI_CODING_AGENT_DIR"] ?? join(home, ".pi", "agent");
  if (["auth.json", "models.json"].some((file) => existsSync(join(folder, file)))) return true;
  return PASSED_NAMES.some(
    (name) => /_(?:KEY|TOKEN)$/.test(name) && name !== "BRAVE_API_KEY" && env[name],
  );
}

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
});
const AgentEnd = z.object({ type: z.literal("agent_end"), messages: z.array(Message) });

export type PiAnswer =
  | {
      readonly kind: "answer";
      readonly text: string;
      readonly model: string | undefined;
      /** Everything that its tools were asked and gave back: what can have been read. */
      readonly toolText: string;
    }
  | { readonly kind: "failed"; readonly reason: string };

/** Reads pi's output: one JSON event on each line, the whole conversation in the last `agent_end`. */
export function readPiAnswer(stdout: string): PiAnswer {
  const end = stdout
    .split("\n")
    .filter((line) => line.startsWith('{"type":"agent_end"'))
    .map((line) => AgentEnd.safeParse(parseJson(line)))
    .findLast((parsed) => parsed.success)?.data;
  const last = end?.messages.at(-1);
  if (!end || !last) return { kind: "failed", reason: "it ended before it had answered" };
  if (last.role !== "assistant" || last.stopReason !== "stop") {
    return { kind: "failed", reason: last.errorMessage ?? `it stopped with "${last.stopReason}"` };
  }
  const toolText = end.messages
    .map((message) => (message.role === "user" ? "" : toolTextOf(message)))
    .join("\n");
  return { kind: "answer", text: textOf(last.content), model: last.model, toolText };
}

function textOf(content: z.infer<typeof Message>["content"]): string {
  if (typeof content === "string") return content;
  return content.map(({ text }) => text ?? "").join("\n");
}

function toolTextOf({ role, content }: z.infer<typeof Message>): string {
  if (role === "toolResult") return textOf(content);
  if (typeof content === "string") return "";
  return content
    .map((block) => (block.type === "toolCall" ? JSON.stringify(block.arguments) : ""))
    .join("\n");
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
