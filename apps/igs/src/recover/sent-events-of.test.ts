import { expect, test } from "bun:test";
import { modeOf } from "./sent-events-of.ts";

const latencyMs = 1;

test.each([
  [{ kind: "embedded", version: "1", isDev: true, latencyMs }, "dev"],
  [{ kind: "embedded", version: "1", isDev: false, latencyMs }, "start"],
  [{ kind: "embedded", version: "1", isDev: null, latencyMs }, null],
  [{ kind: "inngest", version: "1.45.1", latencyMs }, "dev"],
  [{ kind: "inngest", version: null, latencyMs }, "start"],
  [{ kind: "none" }, null],
] as const)("the engine %p keeps its journal with %p", (probe, mode) => {
  expect(modeOf(probe)).toBe(mode);
});
