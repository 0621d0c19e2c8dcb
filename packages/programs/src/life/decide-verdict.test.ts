import { describe, expect, test } from "bun:test";
import { decideCollecting, decideVerdict } from "./decide-verdict.ts";

const failed = {
  command: "yt-dlp",
  attempt: 1,
  attemptsMax: 3,
  endedBy: "exit",
  reason: "HTTP 503",
} as const;

describe("a program that has failed", () => {
  test("is tried again while its spec allows it", () => {
    expect(decideVerdict(failed)).toEqual({ kind: "again", reason: "HTTP 503" });
    expect(decideVerdict({ ...failed, attempt: 2, endedBy: "lost" }).kind).toBe("again");
  });

  test("is given up after its last attempt, with the reason and the count", () => {
    expect(decideVerdict({ ...failed, attempt: 3 })).toEqual({
      kind: "give-up",
      message: "yt-dlp: HTTP 503 (attempt 3 of 3)",
    });
  });

  test("is not counted when there was one attempt only", () => {
    const verdict = decideVerdict({ ...failed, attemptsMax: 1 });
    expect(verdict).toEqual({ kind: "give-up", message: "yt-dlp: HTTP 503" });
  });

  test("is never tried again once its run was stopped", () => {
    expect(decideVerdict({ ...failed, endedBy: "stopped" }).kind).toBe("give-up");
  });
});

describe("the last step", () => {
  const ended = {
    exitCode: null,
    signal: null,
    endedAt: "2026-11-21T10:00:02.000Z",
    outputDroppedBytes: 0,
  };
  const over = (endedBy: "exit" | "wall-limit" | "stopped" | "lost") =>
    ({
      state: "ended",
      ended: { ...ended, endedBy },
      isCollected: false,
      isSupervisorAlive: true,
    }) as const;

  test.each([
    ["reads a program that has ended", over("exit"), "read"],
    ["reads one that met its wall limit", over("wall-limit"), "read"],
    ["looks at one that was stopped", over("stopped"), "read"],
    ["counts one that was lost as a failed attempt", over("lost"), "count-as-lost"],
    ["waits again for one in line", { state: "waiting" }, "wait"],
    ["buries an orphan", { state: "orphaned" }, "bury"],
    ["counts one whose folder is gone as lost", { state: "absent" }, "count-as-lost"],
    ["counts one whose claim is gone as lost", { state: "requested" }, "count-as-lost"],
  ] as const)("%s", (_name, life, collecting) => {
    expect(decideCollecting(life)).toBe(collecting);
  });
});
