import { describe, expect, test } from "bun:test";
import { readDaemon } from "./look-at-daemon.ts";

const running = {
  kind: "systemd",
  name: "system-bus.service",
  state: "running",
  pid: 4_700,
  startsAtBoot: true,
  problem: null,
} as const;

describe("what is known of a daemon", () => {
  test("that is installed: its pid, and when it starts", () => {
    expect(readDaemon(running)).toEqual({
      kind: "installed",
      name: "system-bus.service",
      pid: 4_700,
      startsAtBoot: true,
    });
    expect(readDaemon({ ...running, state: "stopped", pid: null })).toMatchObject({ pid: null });
  });

  test("where none is installed: how to have one", () => {
    const none = { ...running, kind: "none", name: null, state: "absent", pid: null } as const;
    expect(readDaemon(none)).toMatchObject({
      kind: "none",
      cure: expect.stringContaining("igs daemon install"),
    });
  });

  test("where the service manager doesn't answer: why", () => {
    const problem = { code: "unavailable", message: "systemctl failed", fix: "Log in." } as const;
    expect(readDaemon({ ...running, state: "unknown", problem })).toEqual({
      kind: "none",
      reason: "systemctl failed",
      cure: "Log in.",
    });
  });
});
