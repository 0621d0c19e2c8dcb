// One end may bring about many others, in one transaction: however long the chain, it is carried out.

import { afterEach, expect, test } from "bun:test";
import { op, RawEngine } from "./raw-engine.ts";

let engine: RawEngine;
afterEach(() => engine.stop());

test("a cancellation that cancels thousands of other runs, each by the end of another, cancels all", async () => {
  const count = 3_000;
  engine = new RawEngine({
    functions: [{ cancelOn: [{ event: "inngest/function.cancelled" }] }],
    answer: () => ({ body: [op.wait("w", "never")] }),
  });
  await engine.register();
  const [first = ""] = await engine.commands.acceptEvents(
    Array.from({ length: count }, () => ({ name: "go", data: {}, user: {} })),
  );
  await engine.settle();
  await engine.commands.cancelRun(engine.runsOf(first)[0]?.id ?? "");
  await engine.settle();
  expect(engine.ended).toHaveLength(count);
});
