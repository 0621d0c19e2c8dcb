import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPiSetUp, piArguments, piEnvironment, readPiAnswer } from "./pi.ts";

/** As pi 0.73 prints it; fields that are not read are cut. */
const conversation = (last: object) =>
  [
    '{"type":"session","version":3}',
    '{"type":"message_update","assistantMessageEvent":{"type":"text_delta","delta":"{"}}',
    JSON.stringify({
      type: "agent_end",
      messages: [
        {
          role: "user",
          content: [{ type: "text", text: "see https://example.org/in-the-prompt" }],
        },
        {
          role: "assistant",
          content: [
            {
              type: "toolCall",
              id: "1",
              name: "bash",
              arguments: { command: "curl https://example.org/ada" },
            },
          ],
          stopReason: "toolUse",
        },
        {
          role: "toolResult",
          content: [{ type: "text", text: "found https://example.org/grace" }],
        },
        last,
      ],
    }),
    "",
  ].join("\n");

test("the answer is the last message, with the model and what its tools have seen", () => {
  const answer = {
    role: "assistant",
    content: [{ type: "text", text: "{}" }],
    model: "m-1",
    stopReason: "stop",
  };
  const read = readPiAnswer(conversation(answer));
  expect(read).toMatchObject({ kind: "answer", text: "{}", model: "m-1" });
  const { toolText } = read as { toolText: string };
  expect(toolText).toContain("https://example.org/ada");
  expect(toolText).toContain("https://example.org/grace");
  expect(toolText).not.toContain("in-the-prompt");
});

test("a model that failed is a failure, although pi ends with 0", () => {
  const failed = {
    role: "assistant",
    content: [],
    stopReason: "error",
    errorMessage: "Connection error.",
  };
  const retryEnd =
    '{"type":"auto_retry_end","success":false,"attempt":3,"finalError":"Connection error."}\n';
  expect(readPiAnswer(conversation(failed) + retryEnd)).toEqual({
    kind: "failed",
    reason: "Connection error.",
  });
});

test("of several tries the last one counts", () => {
  const failed = conversation({
    role: "assistant",
    content: [],
    stopReason: "error",
    errorMessage: "500",
  });
  const good = conversation({ role: "assistant", content: "yes", stopReason: "stop" });
  expect(readPiAnswer(failed + good)).toMatchObject({ kind: "answer", text: "yes" });
});

test.each(["", "pi: no model\n", '{"type":"agent_end","messages":[]}\n', '{"type":"agent_end"'])(
  "%p is no answer",
  (stdout) => {
    expect(readPiAnswer(stdout)).toEqual({
      kind: "failed",
      reason: "it ended before it had answered",
    });
  },
);

test("the transcript goes in as a file, and the prompt can't be read as an option", () => {
  const words = piArguments({
    prompt: "Summarise",
    material: "/c/transcript.md",
    model: "local/m",
    skill: "/s",
  });
  expect(words).toEqual([
    ...["-p", "--mode", "json", "--no-session", "--no-context-files"],
    ...["--model", "local/m", "--skill", "/s", "@/c/transcript.md", "Summarise"],
  ]);
});

test("pi gets the keys of its models and none of the bus", () => {
  const env = {
    ANTHROPIC_API_KEY: "a",
    INNGEST_SIGNING_KEY: "s",
    SUMMARY_MODEL_KEY: "m",
    AWS_SECRET: "x",
  };
  expect(piEnvironment(env, "/bin")).toEqual({
    PATH: "/bin",
    PI_TELEMETRY: "0",
    ANTHROPIC_API_KEY: "a",
  });
});

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "pi-"));
});
afterEach(() => rm(home, { recursive: true }));

test("pi is set up when it has an account, a key or a provider of its own", async () => {
  expect(isPiSetUp({}, home)).toBe(false);
  expect(isPiSetUp({ BRAVE_API_KEY: "b", PI_CODING_AGENT_DIR: home }, home)).toBe(false);
  expect(isPiSetUp({ ANTHROPIC_API_KEY: "a" }, home)).toBe(true);
  await writeFile(join(home, "auth.json"), "{}");
  expect(isPiSetUp({ PI_CODING_AGENT_DIR: home }, "/nonexistent")).toBe(true);
});
