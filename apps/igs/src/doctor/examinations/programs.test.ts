import { describe, expect, test } from "bun:test";
import { PlantedBus } from "../../testing/planted-bus.ts";
import { isOlder } from "../program-versions.ts";
import { daemonPath } from "./daemon-path.ts";
import { programs } from "./programs.ts";
import { readDebugHead, youtube } from "./youtube.ts";

const LINUX = { platform: "linux" };
const FFMPEG = "echo 'ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026'";

/** The last version that does, and its words with `--verbose`. */
const ytDlp = (version: string, head = "") =>
  `case "$*" in *--version*) echo ${version};; *) printf '%b' '${head}' >&2; exit 2;; esac`;

async function openBus() {
  const bus = await PlantedBus.create();
  await bus.program("yt-dlp", ytDlp("2026.08.19"));
  await bus.program("ffmpeg", FFMPEG);
  return bus;
}

describe("programs", () => {
  test("that are there and new enough are well, with their versions", async () => {
    await using bus = await openBus();
    const { findings, well } = await bus.examine(programs);
    expect(findings).toEqual([]);
    expect(well).toEqual([{ id: "programs", said: "yt-dlp 2026.08.19, ffmpeg 5.1.9" }]);
  });

  test("that are missing are named with what to type on this platform", async () => {
    await using bus = await PlantedBus.create();
    await bus.program("yt-dlp", ytDlp("2026.08.19"));
    for (const [platform, cure] of [
      ["linux", "sudo apt install ffmpeg"],
      ["darwin", "brew install ffmpeg"],
    ] as const) {
      const { findings } = await bus.examine(programs, { platform });
      expect(findings).toMatchObject([
        {
          severity: "fault",
          problem: "ffmpeg is not installed where this shell looks.",
          why: "nothing else takes the sound out of videos",
          cure,
        },
      ]);
    }
  });

  test("that are too old are named with the version that is needed, and why", async () => {
    await using bus = await openBus();
    await bus.program("yt-dlp", ytDlp("2021.12.27"));
    await bus.program("ffmpeg", "echo 'ffmpeg version 3.4.11-0ubuntu0.1 Copyright'");
    const { findings } = await bus.examine(programs, LINUX);
    expect(findings.map(({ problem }) => problem)).toEqual([
      `${bus.home}/bin/yt-dlp is 2021.12.27, and 2023.03.04 is needed.`,
      `${bus.home}/bin/ffmpeg is 3.4.11, and 4.0 is needed.`,
    ]);
  });

  test("that are there and don't run say what they say", async () => {
    await using bus = await openBus();
    await bus.program("yt-dlp", "echo 'ModuleNotFoundError: No module named yt_dlp' >&2; exit 1");
    const { findings } = await bus.examine(programs, LINUX);
    expect(findings).toMatchObject([
      { problem: expect.stringContaining("does not run: ModuleNotFoundError: No module named") },
    ]);
  });

  test("are those that the settings ask for: git for loops, an agent by its name, ssh for an archive", async () => {
    await using bus = await openBus();
    await bus.program("git", "echo 'git version 2.34.1'");
    await bus.setting(
      `LOOP_PROJECTS=${bus.home}\nSUMMARY_BY=codex\nARCHIVE_TO=ssh://nas/videos\nARCHIVE_METHOD=scp`,
    );
    const { findings } = await bus.examine(programs, LINUX);
    expect(findings.map(({ problem }) => problem).toSorted()).toEqual([
      `${bus.home}/bin/git is 2.34.1, and 2.38 is needed.`,
      "codex is not installed where this shell looks.",
      "scp is not installed where this shell looks.",
      "ssh is not installed where this shell looks.",
    ]);
  });

  test("are those that the worker finds, where one answers", async () => {
    await using bus = await openBus();
    const program = (name: string, path: string | null) => ({ name, path, isNeeded: true });
    bus.worker({ health: { programs: [program("yt-dlp", null), program("ffmpeg", null)] } });
    const { findings } = await bus.examine(programs);
    expect(findings[0]?.problem).toBe("yt-dlp is not installed where the worker looks.");
  });

  test("a build of ffmpeg's master is newer than every release", async () => {
    await using bus = await openBus();
    await bus.program("ffmpeg", "echo 'ffmpeg version N-118048-g2a1b3c Copyright'");
    expect((await bus.examine(programs)).findings).toEqual([]);
  });
});

test("versions are compared by their numbers", () => {
  expect(isOlder("2.9", "2.38")).toBe(true);
  expect(isOlder("2.38", "2.38")).toBe(false);
  expect(isOlder("2.38.1", "2.38")).toBe(false);
  expect(isOlder("4", "4.0.1")).toBe(true);
  expect(isOlder("2025.11.12", "2025.04.30")).toBe(false);
});

describe("YouTube", () => {
  const LIBRARIES = "[debug] Optional libraries: certifi-2026.1.4, yt_dlp_ejs-0.8.0";

  test("is well with a runtime and the scripts for it", async () => {
    await using bus = await PlantedBus.create();
    await bus.program(
      "yt-dlp",
      ytDlp("2026.08.19", `${LIBRARIES}\\n[debug] JS runtimes: deno-2.5.6\\n`),
    );
    expect((await bus.examine(youtube)).well).toEqual([
      { id: "youtube", said: "yt-dlp 2026.08.19 with deno-2.5.6" },
    ]);
  });

  test.each([
    ["none", "it finds none"],
    ["node-18.19.1 (unsupported)", "it finds node-18.19.1 (unsupported)"],
  ])("wants a JavaScript runtime that yt-dlp can use, not %s", async (runtimes, words) => {
    await using bus = await PlantedBus.create();
    await bus.program(
      "yt-dlp",
      ytDlp("2025.11.12", `${LIBRARIES}\\n[debug] JS runtimes: ${runtimes}\\n`),
    );
    const { findings } = await bus.examine(youtube, LINUX);
    expect(findings).toMatchObject([
      {
        severity: "warning",
        problem: expect.stringContaining(words),
        why: expect.stringContaining("YouTube"),
        cure: "npm install -g deno",
      },
    ]);
  });

  test("wants the scripts that the runtime runs", async () => {
    await using bus = await PlantedBus.create();
    const head =
      "[debug] Optional libraries: certifi-2026.1.4\\n[debug] JS runtimes: deno-2.5.6\\n";
    await bus.program("yt-dlp", ytDlp("2026.08.19", head));
    const { findings } = await bus.examine(youtube, LINUX);
    expect(findings).toMatchObject([
      {
        problem: expect.stringContaining("yt-dlp-ejs"),
        cure: "pipx install --force 'yt-dlp[default]'",
      },
    ]);
  });

  test("wants a yt-dlp from after it asked for one", async () => {
    await using bus = await PlantedBus.create();
    await bus.program("yt-dlp", ytDlp("2025.10.22"));
    const { findings } = await bus.examine(youtube, { platform: "darwin" });
    expect(findings).toMatchObject([
      { problem: expect.stringContaining("2025.10.22"), cure: "brew upgrade yt-dlp" },
    ]);
  });

  test("is not checked when yt-dlp does not tell", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(youtube)).unchecked[0]?.reason).toContain("not installed");
    await bus.program("yt-dlp", ytDlp("2026.08.19"));
    expect((await bus.examine(youtube)).unchecked[0]?.reason).toContain("does not tell");
  });

  test("what yt-dlp says of its surroundings is read line by line", () => {
    expect(readDebugHead("[debug] JS runtimes: none\n")).toEqual({
      runtimes: [],
      hasScripts: false,
    });
    expect(readDebugHead("[debug] JS runtimes: deno-2.5.6, node-26.7.0\n").runtimes).toEqual([
      "deno-2.5.6",
      "node-26.7.0",
    ]);
  });
});

describe("a daemon's PATH", () => {
  const health = (path: string | null) => ({
    programs: [{ name: "yt-dlp", path, isNeeded: true }],
  });

  test("is well when the worker finds what this shell finds", async () => {
    await using bus = await openBus();
    bus.worker({ health: health("/x") });
    expect((await bus.examine(daemonPath)).well).toHaveLength(1);
  });

  test("that lacks a program of this shell is told by the worker itself", async () => {
    await using bus = await openBus();
    bus.worker({ place: { searchPath: "/usr/nowhere", home: "/home/bus" }, health: health(null) });
    const { findings } = await bus.examine(daemonPath);
    expect(findings).toMatchObject([
      {
        severity: "fault",
        problem: `The worker does not find yt-dlp, which this shell has as ${bus.home}/bin/yt-dlp.`,
        cure: `mkdir -p /home/bus/.local/bin && ln -s ${bus.home}/bin/yt-dlp /home/bus/.local/bin/`,
      },
      { severity: "warning", problem: expect.stringContaining("ffmpeg") },
    ]);
  });

  test("is not checked without a worker, or with one on another machine", async () => {
    await using bus = await openBus();
    expect((await bus.examine(daemonPath)).unchecked).toHaveLength(1);
    bus.worker({ place: { machine: "nas" } });
    expect((await bus.examine(daemonPath)).unchecked[0]?.reason).toBe("the worker runs on nas");
  });
});
