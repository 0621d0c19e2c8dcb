import { describe, expect, test } from "bun:test";
import { parseOrder, type SupervisorOrder } from "./order.ts";

const order: SupervisorOrder = {
  dir: "/data/programs",
  key: "01K3ZJ4T1Q8X5V7N2M6B9C0D3E.work.1",
  runId: "01K3ZJ4T1Q8X5V7N2M6B9C0D3E",
  stepId: "work",
  attempt: 1,
  launch: {
    command: "/bin/sh",
    args: ["-c", "true"],
    cwd: "/",
    inputPath: null,
    env: { PATH: "/bin" },
  },
  slot: { name: "gpu", capacity: 1 },
  wallClockMaxMs: 1_000,
  graceMaxMs: 300,
  outputMaxBytes: 1_000,
  sendTo: { baseUrl: "http://127.0.0.1:8288", eventKey: null },
};

describe("a supervisor's order", () => {
  test("comes through as it was given", () => {
    expect(parseOrder(JSON.stringify(order))).toEqual(order);
    expect(parseOrder(JSON.stringify({ ...order, slot: null }))).toEqual({ ...order, slot: null });
  });

  test("is refused wherever it breaks off: its worker died while it wrote", () => {
    const text = JSON.stringify(order);
    for (let length = 0; length < text.length; length += 1) {
      expect(() => parseOrder(text.slice(0, length))).toThrow();
    }
  });

  test("is refused when something is missing", () => {
    for (const name of Object.keys(order)) {
      const { [name as keyof SupervisorOrder]: _gone, ...rest } = order;
      expect(() => parseOrder(JSON.stringify(rest))).toThrow();
    }
  });
});
