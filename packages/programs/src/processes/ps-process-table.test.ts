import { describe, expect, test } from "bun:test";
import { findMarked, parseProcessList } from "./ps-process-table.ts";

// The shape of macOS: right-aligned numbers, `%c` start times, a zombie's command in parentheses.
const MAC_OUTPUT = `
    1     0     1 Ss   Sun Nov  1 08:59:57 2026     /sbin/launchd
  342     1   342 Ss   Sun Nov  1 09:00:11 2026     /usr/libexec/logd
 8120     1  8120 Ss   Sat Nov 21 10:15:03 2026     /opt/homebrew/bin/bun --smol /Users/ann/system-bus/packages/programs/src/supervisor/main.ts 01K3ZJ4T1Q8X5V7N2M6B9C0D3E.transcribe.1
 8121  8120  8121 Ss   Sat Nov 21 10:15:04 2026     /opt/homebrew/bin/mlx_whisper --output-name Talk (part 2)  of 3 audio.wav
 8130  8121  8121 Z    Sat Nov 21 10:15:09 2026     (ffmpeg)
99998  8121 99998 S+   Mon Nov  2 23:01:00 2026     -zsh
`;

describe("what ps prints on macOS", () => {
  test("is read with its commands as they are", () => {
    const entries = parseProcessList(MAC_OUTPUT);
    expect(entries.map((entry) => entry.pid)).toEqual([1, 342, 8120, 8121, 99998]);
    expect(entries[3]).toEqual({
      pid: 8121,
      parentPid: 8120,
      groupPid: 8121,
      startMark: "Sat Nov 21 10:15:04 2026",
      command: "/opt/homebrew/bin/mlx_whisper --output-name Talk (part 2)  of 3 audio.wav",
    });
  });

  test("gives the same start mark whether the day has one digit or two", () => {
    expect(parseProcessList(MAC_OUTPUT)[0]?.startMark).toBe("Sun Nov 1 08:59:57 2026");
  });

  test("shows no zombie: it is dead", () => {
    expect(parseProcessList(MAC_OUTPUT).some((entry) => entry.pid === 8130)).toBeFalse();
  });

  test("is an error when it cannot be read, and never an empty list", () => {
    const german = "  1  0  1 Ss  So 1 Nov 08:59:57 2026  /sbin/launchd";
    expect(() => parseProcessList(german)).toThrow("a line we cannot read");
  });
});

describe("the mark in the environment that ps prints", () => {
  const mark = "SYSTEM_BUS_PROGRAM=01K3ZJ4T1Q8X5V7N2M6B9C0D3E.transcribe.1";
  const entries = parseProcessList(MAC_OUTPUT);

  test("is found after the command", () => {
    const lines = `8121 /opt/homebrew/bin/mlx_whisper --output-name Talk (part 2)  of 3 audio.wav PATH=/bin ${mark} HOME=/Users/ann`;
    expect([...findMarked({ entries, lines, mark })]).toEqual([8121]);
  });

  test("is not found in the arguments of somebody who searches for it", () => {
    const grep = {
      pid: 7,
      parentPid: 1,
      groupPid: 7,
      startMark: "x",
      command: `grep ${mark}`,
    };
    const lines = `7 grep ${mark} PATH=/bin`;
    expect([...findMarked({ entries: [grep], lines, mark })]).toEqual([]);
  });

  test("is not found in a longer value", () => {
    const lines = `99998 -zsh ${mark}2`;
    expect([...findMarked({ entries, lines, mark })]).toEqual([]);
  });
});
