// What an agent says and does, out of the JSON that it prints: codex's, claude's and pi's lines tell
// themselves apart. Shapes that are not known here are passed over: a newer agent has more of them.

import { z } from "zod";
import type { Paint } from "../output/paint.ts";
import { plainText } from "../output/plain-text.ts";
import { parseJson } from "../parse-json.ts";

/** One thing that an agent said or did, as a line for people. */
export interface AgentUtterance {
  readonly kind: "says" | "runs" | "trouble";
  readonly text: string;
}

/** Beyond this a line would fill the screen; whole output lies in the program's folder. */
const TEXT_MAX = 2_000;
const COMMAND_MAX = 300;

const CodexLine = z.union([
  z.object({
    type: z.enum(["item.started", "item.completed"]),
    item: z.object({
      type: z.string(),
      text: z.string().optional(),
      message: z.string().optional(),
      command: z.string().optional(),
      query: z.string().optional(),
      changes: z.array(z.object({ path: z.string() })).optional(),
    }),
  }),
  z.object({ type: z.literal("error"), message: z.string() }),
  z.object({ type: z.literal("turn.failed"), error: z.object({ message: z.string() }) }),
]);

const Block = z.object({
  type: z.string(),
  text: z.string().optional(),
  name: z.string().optional(),
  input: z.unknown().optional(),
  arguments: z.unknown().optional(),
});
type Block = z.infer<typeof Block>;
const Content = z.union([z.string(), z.array(Block)]);

const ClaudeLine = z.union([
  z.object({ type: z.literal("assistant"), message: z.object({ content: Content }) }),
  z.object({ type: z.literal("result"), is_error: z.literal(true), result: z.string() }),
  z.object({ type: z.literal("system"), subtype: z.literal("api_retry"), error: z.string() }),
]);

const PiLine = z.union([
  z.object({
    type: z.literal("message_end"),
    message: z.object({
      role: z.literal("assistant"),
      content: Content,
      errorMessage: z.string().optional(),
    }),
  }),
  z.object({ type: z.literal("auto_retry_start"), errorMessage: z.string() }),
]);

/** Empty for what is only noise. A line that is no JSON is told as it is. */
export function readUtterances(line: string): readonly AgentUtterance[] {
  const text = Bun.stripANSI(line).trim();
  if (text === "") return [];
  if (!text.startsWith("{")) return [say(text)];
  const value = parseJson(text);
  const codex = CodexLine.safeParse(value);
  if (codex.success) return codexUtterances(codex.data);
  const claude = ClaudeLine.safeParse(value);
  if (claude.success) return claudeUtterances(claude.data);
  const pi = PiLine.safeParse(value);
  return pi.success ? piUtterances(pi.data) : [];
}

export function renderUtterance({ kind, text }: AgentUtterance, paint: Paint): string {
  const indented = text.replaceAll("\n", "\n      ");
  if (kind === "runs") return paint.faint(`    $ ${indented}`);
  return kind === "trouble" ? paint.bad(`    ! ${indented}`) : `      ${indented}`;
}

function codexUtterances(line: z.infer<typeof CodexLine>): readonly AgentUtterance[] {
  if (line.type === "error") return [trouble(line.message)];
  if (line.type === "turn.failed") return [trouble(line.error.message)];
  const { item, type } = line;
  // A command is told when it begins: it may take long. Everything else is whole at its end only.
  if (item.command !== undefined) return type === "item.started" ? [run(item.command)] : [];
  if (type === "item.started") return [];
  if (item.type === "error") return [trouble(item.message ?? "")];
  if (item.query !== undefined) return [run(`search: ${item.query}`)];
  if (item.changes !== undefined) {
    return [run(`change ${item.changes.map(({ path }) => path).join(", ")}`)];
  }
  return item.text ? [say(item.text)] : [];
}

function claudeUtterances(line: z.infer<typeof ClaudeLine>): readonly AgentUtterance[] {
  if (line.type === "result") return [trouble(line.result)];
  if (line.type === "system") return [trouble(line.error)];
  return contentUtterances(line.message.content);
}

function piUtterances(line: z.infer<typeof PiLine>): readonly AgentUtterance[] {
  if (line.type === "auto_retry_start") return [trouble(line.errorMessage)];
  const { content, errorMessage } = line.message;
  const said = contentUtterances(content);
  return errorMessage === undefined ? said : [...said, trouble(errorMessage)];
}

function contentUtterances(content: z.infer<typeof Content>): readonly AgentUtterance[] {
  if (typeof content === "string") return content === "" ? [] : [say(content)];
  return content.flatMap((block) => {
    if (block.type === "text") return block.text ? [say(block.text)] : [];
    if (block.name === undefined) return [];
    return [run(describeCall(block))];
  });
}

/** Of a shell the command itself, of everything else the name and what it was given. */
function describeCall({ name = "", input, arguments: given }: Block): string {
  const called = z
    .object({
      command: z.string().optional(),
      file_path: z.string().optional(),
      path: z.string().optional(),
    })
    .catch({})
    .parse(input ?? given);
  if (called.command !== undefined) return called.command;
  const file = called.file_path ?? called.path;
  return file === undefined ? `${name} ${JSON.stringify(input ?? given)}` : `${name} ${file}`;
}

const say = (text: string): AgentUtterance => ({ kind: "says", text: clip(text, TEXT_MAX) });
const run = (text: string): AgentUtterance => ({ kind: "runs", text: clip(text, COMMAND_MAX) });
const trouble = (text: string): AgentUtterance => ({
  kind: "trouble",
  text: clip(text, TEXT_MAX),
});

function clip(text: string, charsMax: number): string {
  // A model's words, out of JSON: they may hold whatever a terminal obeys.
  const trimmed = plainText(text).trim();
  return trimmed.length <= charsMax ? trimmed : `${trimmed.slice(0, charsMax - 1)}…`;
}
