import { expect, test } from "bun:test";
import { isWaitOp, opWord } from "./step-op.ts";

test("an ordinary step needs no word, every other kind is named", () => {
  expect(opWord("RUN")).toBe("");
  expect(opWord("")).toBe("");
  expect(opWord("WAIT_FOR_EVENT")).toBe("wait for event");
});

test("sleeping, waiting and invoking are told from working", () => {
  expect(["SLEEP", "WAIT_FOR_EVENT", "WAIT_FOR_SIGNAL", "INVOKE"].every(isWaitOp)).toBe(true);
  expect(["RUN", "", "AI_GATEWAY"].some(isWaitOp)).toBe(false);
});
