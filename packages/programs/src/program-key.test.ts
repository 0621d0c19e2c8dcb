import { describe, expect, test } from "bun:test";
import { isProgramKey, programKey, readProgramKey } from "./program-key.ts";

const RUN = "01K3ZJ4T1Q8X5V7N2M6B9C0D3E";

describe("a program's key", () => {
  test("says run, step and attempt", () => {
    expect(programKey({ runId: RUN, stepId: "transcribe", attempt: 2 })).toBe(
      `${RUN}.transcribe.2`,
    );
  });

  test("is the same at every repetition of the step", () => {
    const parts = { runId: RUN, stepId: "Write tests: story 3", attempt: 1 };
    expect(programKey(parts)).toBe(programKey(parts));
  });

  test("is its own for steps that look alike when written plainly", () => {
    const stepIds = ["story 3", "story:3", "Story-3", "story-3", "story-3_", "story_3", "история"];
    const keys = stepIds.map((stepId) => programKey({ runId: RUN, stepId, attempt: 1 }));
    expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(stepIds.length);
  });

  test("never has a character that means something in a path or an expression", () => {
    for (const stepId of ["../../etc", "a/b", 'x" || true', "a\0b", ".", "", "x".repeat(300)]) {
      const key = programKey({ runId: RUN, stepId, attempt: 1 });
      expect(key).toMatch(/^[0-9A-Z]{26}\.[a-z0-9_-]+\.1$/);
      expect(key.length).toBeLessThan(90);
      expect(isProgramKey(key)).toBeTrue();
    }
  });

  test("is refused for a run id that is no ULID", () => {
    for (const runId of ["", "../..", RUN.toLowerCase(), `${RUN}0`, `9${RUN.slice(1)}`]) {
      expect(() => programKey({ runId, stepId: "a", attempt: 1 })).toThrow("ULID");
    }
  });

  test("is refused for an attempt that counts nothing", () => {
    for (const attempt of [0, -1, 1.5, Number.NaN, 10_000]) {
      expect(() => programKey({ runId: RUN, stepId: "a", attempt })).toThrow("not a program key");
    }
  });

  test("can be read back", () => {
    const parts = { runId: RUN, stepId: "transcribe", attempt: 12 };
    expect(readProgramKey(programKey(parts))).toEqual(parts);
    expect(() => readProgramKey(".stops")).toThrow("not a program key");
  });
});
