import { describe, expect, test } from "bun:test";
import { startEngine } from "@system-bus/engine";
import { PlantedBus } from "../../testing/planted-bus.ts";
import { clockSkew } from "./clock-skew.ts";

describe("clocks", () => {
  const serveAt = (bus: PlantedBus, aheadMs: number) =>
    bus.engine(() =>
      Response.json(
        { status: 200 },
        { headers: { date: new Date(Date.now() + aheadMs).toUTCString() } },
      ),
    );

  test("that agree are well, and the real engine tells its own", async () => {
    await using bus = await PlantedBus.create();
    const engine = await startEngine({
      ...{ host: "127.0.0.1", port: Number(bus.env["BUS_ENGINE_PORT"]) },
      ...{ storage: { kind: "memory" }, isDev: true, eventKeys: [] },
    });
    expect((await bus.examine(clockSkew)).well).toHaveLength(1);
    await engine.stop(0);
  });

  test.each([
    [6 * 60_000, "fault", "ahead of"],
    [-6 * 60_000, "fault", "behind"],
    [60_000, "warning", "ahead of"],
  ])(
    "that differ by %p ms are a %s: signatures are good for five minutes",
    async (aheadMs, severity, words) => {
      await using bus = await PlantedBus.create();
      serveAt(bus, aheadMs);
      expect((await bus.examine(clockSkew, { platform: "linux" })).findings).toMatchObject([
        {
          severity,
          problem: expect.stringContaining(words),
          cure: "sudo timedatectl set-ntp true",
        },
      ]);
    },
  );

  test("are not checked when nothing tells the time", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(clockSkew)).unchecked).toHaveLength(1);
  });
});
