// What the release before left behind works, and what a later one left behind is not touched.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Processes } from "./processes.ts";

let processes: Processes;
beforeEach(async () => {
  processes = await Processes.create();
});
afterEach(() => processes.end());

const LATER = "was written by a later release of System Bus (form 2, this one knows 1)";

test.each(["start", "dev"])(
  "igs %s refuses a data folder of a later release, before anything is started or made",
  async (mode) => {
    mkdirSync(join(processes.home, mode));
    writeFileSync(join(processes.home, mode, "state.json"), '{"form":2}\n');
    const { exitCode, lines } = await processes.igs([
      ...[mode, "--engine-port", "0", "--worker-port", "0"],
    ]);
    expect(exitCode).toBe(2);
    expect(lines).toEqual([
      expect.objectContaining({
        error: { code: "refused", message: expect.stringContaining(LATER) },
        fix: expect.stringContaining("Start the later release"),
      }),
    ]);
    expect(readdirSync(join(processes.home, mode))).toEqual(["state.json"]);
    expect(existsSync(join(processes.home, "env"))).toBe(false);
  },
);

test("every command refuses the settings file of a later release", async () => {
  writeFileSync(join(processes.home, "env"), "# System Bus settings, form 2.\nBUS_NEWER=1\n");
  for (const command of ["start", "config", "status"]) {
    const { exitCode, envelope } = await processes.igs([command]);
    expect(exitCode).toBe(2);
    expect(envelope).toMatchObject({
      error: { code: "settings", message: expect.stringContaining(LATER) },
    });
  }
});

test("the worker by itself refuses a later data folder, too", async () => {
  mkdirSync(join(processes.home, "dev"));
  writeFileSync(join(processes.home, "dev", "state.json"), '{"form":2}\n');
  const worker = Bun.spawn(
    [process.execPath, "--no-env-file", join(import.meta.dir, "../../system-bus/src/serve.ts")],
    {
      env: { HOME: processes.home, BUS_HOME: processes.home, INNGEST_DEV: "1", PORT: "0" },
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  expect(await worker.exited).toBe(1);
  expect(await worker.stderr.text()).toContain(LATER);
});
