// The function that `igs verify` tries the bus with.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { loggedEventNames } from "../src/system/log-entry-for.ts";
import { systemVerify } from "../src/system/system-verify.ts";
import { type Harness, openHarness } from "./function-harness.ts";

const WORKER = { pid: 4_711, startMark: "8", bootId: "boot" };

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const runWith = (data: Record<string, unknown>) => {
  let count = 0;
  const fn = systemVerify(harness.client, {
    createToken: () => `token-${++count}`,
    identifyWorker: async () => WORKER,
  });
  return harness.run(fn, { name: "system/verify", data });
};

test("each of its two steps says which process ran it, under a token of its own", async () => {
  const { result, error } = await runWith({});
  expect(error).toBeNull();
  expect(result).toEqual({
    one: { token: "token-1", worker: WORKER },
    two: { token: "token-2", worker: WORKER },
  });
});

test("it sends nothing, and the logger does not hear its event", async () => {
  await runWith({});
  expect(harness.sent).toEqual([]);
  expect(loggedEventNames).not.toContain("system/verify");
});
