import { describe, expect, test } from "bun:test";
import { passedEnvironment, programEnvironment } from "./program-environment.ts";

const KEY = "01K3ZJ4T1Q8X5V7N2M6B9C0D3E.transcribe.1";

describe("a program's environment", () => {
  test("has what a program needs to run, and nothing that is secret", () => {
    const env = {
      PATH: "/bin",
      HOME: "/home/ann",
      LC_TIME: "de_DE.UTF-8",
      INNGEST_SIGNING_KEY: "abcd",
      INNGEST_EVENT_KEY: "abcd",
      SUMMARY_MODEL_KEY: "sk-1",
      AWS_SECRET_ACCESS_KEY: "x",
      ANTHROPIC_API_KEY: "sk-2",
      TMPDIR: undefined,
    };
    expect(passedEnvironment(env)).toEqual({
      PATH: "/bin",
      HOME: "/home/ann",
      LC_TIME: "de_DE.UTF-8",
    });
  });

  test("has what its adapter names on purpose, which wins, and the program's mark", () => {
    const added = { PATH: "/opt/bin", OPENAI_API_KEY: "sk-3" };
    expect(programEnvironment({ env: { PATH: "/bin" }, added, key: KEY })).toEqual({
      PATH: "/opt/bin",
      OPENAI_API_KEY: "sk-3",
      SYSTEM_BUS_PROGRAM: KEY,
    });
  });

  test("never has a key of the bus, not even when an adapter names it", () => {
    const added = { INNGEST_SIGNING_KEY: "abcd1234" };
    const compose = () => programEnvironment({ env: {}, added, key: KEY });
    expect(compose).toThrow("INNGEST_SIGNING_KEY belongs to the bus");
    expect(compose).not.toThrow("abcd1234");
  });
});
