import { expect, test } from "bun:test";
import { cappedLine, isCappedEnd, readCappedLine } from "./capped-end.ts";

test("what an agent was ended for is read from its stderr, whoever had the last word", () => {
  const line = cappedLine("it has used 2 tokens of 1");
  for (const stderr of [line, `noise\n${line}`, `${line}a dying tool`, `${line}${line}`]) {
    expect(readCappedLine(stderr)).toBe("it has used 2 tokens of 1");
  }
  for (const stderr of ["", "noise", `quoted: ${line}`]) expect(readCappedLine(stderr)).toBeNull();
});

test("C2: an agent that ended by itself was not capped, also when its killing was on its way", () => {
  const killed = { exitCode: null, signal: "SIGKILL" } as const;
  expect(isCappedEnd(killed, true)).toBe(true);
  expect(isCappedEnd(killed, false)).toBe(false);
  for (const exitCode of [0, 1]) expect(isCappedEnd({ exitCode, signal: null }, true)).toBe(false);
  expect(isCappedEnd({ exitCode: null, signal: "SIGSEGV" }, true)).toBe(false);
});
