import { expect, test } from "bun:test";
import { findLost } from "./check-engine-restarted.ts";

test("a run that had ended is lost when it is gone or has ended in another way", () => {
  const before = [
    { id: "kept", status: "COMPLETED" },
    { id: "gone", status: "FAILED" },
    { id: "changed", status: "COMPLETED" },
  ] as const;
  const after = [
    { id: "kept", status: "COMPLETED" },
    { id: "changed", status: "RUNNING" },
    { id: "new", status: "COMPLETED" },
  ] as const;
  expect(findLost(before, after)).toEqual(["gone", "changed"]);
  expect(findLost(before, before)).toEqual([]);
});
