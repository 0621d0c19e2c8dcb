import { describe, expect, test } from "bun:test";
import { type FoundDaemon, findDaemon } from "../../daemon/find-daemon.ts";
import { PlantedBus } from "../../testing/planted-bus.ts";
import { daemon } from "./daemon.ts";
import { daemonPath } from "./daemon-path.ts";
import { engineAnswers } from "./engine-answers.ts";
import { workerAnswers } from "./worker-answers.ts";

/** One that is installed and runs, with what a test changes of it. */
async function found(change: Partial<FoundDaemon> = {}): Promise<FoundDaemon> {
  return {
    ...(await findDaemon({ PATH: "/nowhere" })),
    ...{ kind: "systemd", scope: "user", name: "system-bus.service", form: 1, state: "running" },
    ...{
      unitPath: "/home/you/.config/systemd/user/system-bus.service",
      pid: 4711,
      restartCount: 1,
    },
    ...change,
  };
}

const planted = async (change: Partial<FoundDaemon> = {}) => {
  const daemon = await found(change);
  return { daemon: async () => daemon };
};

describe("a daemon", () => {
  test("is not in use where none is installed, and well when it runs", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(daemon)).unused).toHaveLength(1);
    expect((await bus.examine(daemon, await planted())).well).toEqual([
      { id: "daemon", said: "system-bus.service, pid 4711" },
    ]);
  });

  test.each([
    [
      { state: "stopped", pid: null, lastExit: "ended with 1" },
      "does not run: it ended with 1.",
      "igs daemon restart",
    ],
    [{ state: "absent", pid: null }, "is installed, but not loaded.", "igs daemon restart"],
    [{ state: "waiting", pid: null }, "is started again in a moment.", "igs daemon logs"],
    [{ unitPath: null }, "the file of its unit is gone.", "igs daemon install"],
  ] as const)("that is %p is a fault", async (change, words, cure) => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(daemon, await planted(change))).findings).toMatchObject([
      { severity: "fault", problem: expect.stringContaining(words), cure },
    ]);
  });

  test("that ends again and again is a warning, and one that can't be asked is not checked", async () => {
    await using bus = await PlantedBus.create();
    const restless = await planted({ restartCount: 54, lastExit: "ended with 1" });
    expect((await bus.examine(daemon, restless)).findings).toMatchObject([
      {
        severity: "warning",
        problem: expect.stringContaining("54 times"),
        cure: "igs daemon logs",
      },
    ]);
    const problem = { code: "unavailable", message: "systemctl fails", fix: "Log in." } as const;
    const silent = await planted({ state: "unknown", problem });
    expect((await bus.examine(daemon, silent)).unchecked).toEqual([
      { id: "daemon", reason: "systemctl fails" },
    ]);
  });

  test("that is installed is what starts an engine and a worker that are down", async () => {
    await using bus = await PlantedBus.create();
    for (const examination of [engineAnswers, workerAnswers]) {
      expect((await bus.examine(examination, await planted())).findings).toMatchObject([
        { cure: "igs daemon restart" },
      ]);
    }
  });

  test("whose unit has a PATH without a program that is needed is told so, also while no worker runs", async () => {
    await using bus = await PlantedBus.create();
    await bus.program("yt-dlp", "echo 2026.08.19");
    const unit = { path: "/usr/nowhere", environment: { HOME: "/home/bus", PATH: "/usr/nowhere" } };
    expect((await bus.examine(daemonPath, await planted(unit))).findings).toMatchObject([
      {
        severity: "fault",
        problem: `The daemon does not find yt-dlp, which this shell has as ${bus.home}/bin/yt-dlp.`,
        cure: `mkdir -p /home/bus/.local/bin && ln -s ${bus.home}/bin/yt-dlp /home/bus/.local/bin/`,
      },
    ]);
    const path = `${bus.home}/bin`;
    expect((await bus.examine(daemonPath, await planted({ ...unit, path }))).findings).toEqual([]);
  });
});
