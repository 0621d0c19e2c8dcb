import { expect, test } from "bun:test";
import { runBriefly } from "./run-briefly.ts";

const env = { PATH: process.env["PATH"] };
const ask = (script: string, timeMaxMs = 10_000, signal?: AbortSignal) =>
  runBriefly(["sh", "-c", script], { env, timeMaxMs, ...(signal ? { signal } : {}) });

test("what a program says and how it ends is told", async () => {
  expect(await ask("echo out; echo err >&2; exit 3")).toEqual({
    ...{ exitCode: 3, stdout: "out\n", stderr: "err\n" },
  });
});

test("its environment is what is given, and its input is empty", async () => {
  const end = await runBriefly(["sh", "-c", 'cat; echo "$WORD $HOME"'], {
    env: { ...env, WORD: "hello" },
    timeMaxMs: 10_000,
  });
  expect(end?.stdout).toBe("hello \n");
});

test("one that is not there is no answer", async () => {
  expect(await runBriefly(["no-such-program"], { env, timeMaxMs: 1_000 })).toBeNull();
  expect(await runBriefly([], { env, timeMaxMs: 1_000 })).toBeNull();
});

test("one that takes too long is no answer, also when a child of its own holds the output open", async () => {
  const beganMs = performance.now();
  expect(await ask("exec sleep 30", 50)).toBeNull();
  expect(await ask("sleep 2 & exit 0", 50)).toBeNull();
  expect(performance.now() - beganMs).toBeLessThan(1_500);
});

test("whoever gives up need not wait", async () => {
  expect(await ask("exec sleep 30", 10_000, AbortSignal.timeout(20))).toBeNull();
  expect(await ask("echo too late", 10_000, AbortSignal.abort())).toBeNull();
});
