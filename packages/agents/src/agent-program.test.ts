import { describe, expect, test } from "bun:test";
import { type AgentProgram, agentProgram } from "./agent-program.ts";

const program: AgentProgram = {
  command: "/bin/agent",
  prompt: "Summarise.",
  materialPath: "/claims/transcript.md",
  permissions: "research",
  model: "some/model",
  skillPath: "/skills/style",
  folder: "/project",
  timeMaxMs: 60_000,
};

const env = {
  CODEX_API_KEY: "codex",
  ANTHROPIC_API_KEY: "anthropic",
  CLAUDE_CODE_MAX_RETRIES: "0",
  BRAVE_API_KEY: "brave",
  INNGEST_SIGNING_KEY: "bus",
  SUMMARY_MODEL_KEY: "bus",
  AWS_SECRET_ACCESS_KEY: "aws",
};
const surroundings = { env, searchPath: "/bin" };

const specOf = (name: "codex" | "claude" | "pi", changes: Partial<AgentProgram> = {}) =>
  agentProgram(name, { ...program, ...changes }, surroundings);

describe("what is run for a request", () => {
  test("is a command, its arguments, and a time that is over at once", () => {
    for (const name of ["codex", "claude", "pi"] as const) {
      expect(specOf(name)).toMatchObject({
        ...{ command: "/bin/agent", cwd: "/project", wallClockMaxMs: 60_000, graceMaxMs: 0 },
      });
      expect(specOf(name, { folder: undefined })).not.toHaveProperty("cwd");
    }
  });

  test("gives codex and claude the material as input, which no argument could hold, and pi by its path", () => {
    expect(specOf("codex").inputPath).toBe("/claims/transcript.md");
    expect(specOf("claude").inputPath).toBe("/claims/transcript.md");
    expect(specOf("pi")).not.toHaveProperty("inputPath");
    expect(specOf("pi").args).toContain("@/claims/transcript.md");
    expect(specOf("codex", { materialPath: undefined })).not.toHaveProperty("inputPath");
  });

  test("ends with the prompt, which nothing reads as an option", () => {
    const skill = "\n\nThe skill that is meant is the file /skills/style/SKILL.md";
    for (const name of ["codex", "claude"] as const) {
      const { args } = specOf(name);
      expect(args.at(-2)).toBe("--");
      expect(args.at(-1)).toStartWith(`Summarise.${skill}`);
    }
    expect(specOf("pi").args.at(-1)).toBe("Summarise.");
    expect(specOf("pi").args).toContain("/skills/style");
  });

  test("lets pi be as it was: all its tools, no session, no files of the folder in its prompt", () => {
    expect(specOf("pi").args).toEqual([
      ...["-p", "--mode", "json", "--no-session", "--no-context-files"],
      ...["--model", "some/model", "--skill", "/skills/style"],
      ...["@/claims/transcript.md", "Summarise."],
    ]);
  });

  test("keeps each within its permissions", () => {
    const has = (name: "codex" | "claude" | "pi", permissions: AgentProgram["permissions"]) =>
      specOf(name, { permissions }).args.join(" ");
    expect(has("codex", "answer")).toContain("web_search=disabled --sandbox read-only");
    expect(has("codex", "research")).toContain("web_search=live --sandbox read-only");
    expect(has("codex", "edit")).toContain("--sandbox workspace-write");
    expect(has("claude", "answer")).toContain(
      "--tools Read,Glob,Grep --permission-mode dontAsk --",
    );
    expect(has("claude", "research")).toContain("--allowedTools WebSearch,WebFetch");
    expect(has("claude", "edit")).toContain("--permission-mode acceptEdits --allowedTools Bash");
    expect(has("pi", "answer")).toContain("--tools read,grep,find,ls");
  });
});

test("in a container no agent builds a sandbox, nor is it given a path of the worker's", () => {
  const places = { CODEX_HOME: "/h", CLAUDE_CONFIG_DIR: "/h", PI_CODING_AGENT_DIR: "/h" };
  for (const name of ["codex", "claude", "pi"] as const) {
    const contained = { ...program, permissions: "edit", isContained: true } as const;
    const inside = agentProgram(name, contained, { ...surroundings, env: { ...env, ...places } });
    expect(Object.values(inside.env ?? {})).not.toContain("/h");
    expect(inside.args.join(" ")).not.toContain("workspace-write");
  }
  const { args } = specOf("codex", { permissions: "answer", isContained: true });
  expect(args.join(" ")).toContain("--sandbox danger-full-access");
});

describe("what it is given of the worker's environment", () => {
  test("is its own accounts and nobody else's, least of all the bus's", () => {
    expect(specOf("codex").env).toEqual({
      ...{ PATH: "/bin", CODEX_API_KEY: "codex" },
      RUST_LOG: "error,codex_otel.trace_safe=info",
    });
    expect(specOf("pi").env).toEqual({
      ...{
        PATH: "/bin",
        PI_TELEMETRY: "0",
        ANTHROPIC_API_KEY: "anthropic",
        BRAVE_API_KEY: "brave",
      },
    });
    expect(Object.keys(specOf("claude").env ?? {}).toSorted()).toEqual([
      ...["ANTHROPIC_API_KEY", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"],
      ...["CLAUDE_CODE_MAX_RETRIES", "DISABLE_AUTOUPDATER", "PATH"],
    ]);
  });

  test("wins over what the adapter would set", () => {
    expect(specOf("claude").env?.["CLAUDE_CODE_MAX_RETRIES"]).toBe("0");
  });
});

test.each(["-rf", "@/etc/passwd", "/clear", "", " x", "x".repeat(100_001)])(
  "a prompt that would be read as something else, or is too long, is refused (%#)",
  (prompt) => {
    expect(() => specOf("pi", { prompt })).toThrow("broken promise: a prompt");
  },
);
