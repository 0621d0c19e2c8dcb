// `igs doctor` as a person runs it, on a bus that is well, and on the same one with faults that occur.

import { expect, test } from "bun:test";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Bus } from "./harness/bus.ts";
import type { Ended } from "./harness/igs.ts";
import { canMount, SmallDisk } from "./harness/tmpfs.ts";
import { has } from "./harness/tools.ts";
import { untilTestEnds } from "./harness/until-test-ends.ts";

interface Found {
  readonly id: string;
  readonly severity: string;
  readonly problem: string;
  readonly cure: string;
}

const faultsOf = ({ envelope }: Ended): readonly Found[] =>
  envelope.result.findings.filter(({ severity }: Found) => severity === "fault");

test.skipIf(!has("yt-dlp") || !has("ffmpeg") || !has("pocketsphinx_continuous"))(
  "igs doctor finds nothing wrong with a bus that is well, and each fault that is planted in it",
  async () => {
    const archive = (root: string) => join(root, "nas");
    const bus = untilTestEnds(
      await Bus.start({
        prepare: async (scratch) => {
          await mkdir(archive(scratch.root));
          return { ARCHIVE_TO: archive(scratch.root) };
        },
      }),
    );
    const { scratch } = bus;

    const well = await bus.igs("doctor", "--verbose");
    expect(faultsOf(well)).toEqual([]);
    expect(well.exitCode).toBe(0);
    const told = well.envelope.result.well.map(({ id }: Found) => id);
    for (const id of ["engine", "worker", "keys", "mode", "registration", "clock", "archive"]) {
      expect(told).toContain(id);
    }

    // An old yt-dlp comes first on the worker's PATH, the archive's drive is gone, and keys lie open.
    const old = join(scratch.root, "home/.local/bin/yt-dlp");
    await Bun.write(old, "#!/bin/sh\necho 2021.12.27\n");
    await chmod(old, 0o755);
    await Bun.$`rmdir ${archive(scratch.root)}`.quiet();
    const settings = scratch.path("bus", "env");
    await Bun.write(settings, `INNGEST_SIGNING_KEY=${"ab".repeat(32)}\n`);
    await chmod(settings, 0o644);
    // Where root may mount, its temporary folder is on a disk that is full, too.
    if (canMount) await (await SmallDisk.mount(scratch, scratch.path("tmp"), 1_024)).fill();
    await bus.worker.end();
    await bus.startWorker({
      PATH: `${join(scratch.root, "home/.local/bin")}:${process.env["PATH"]}`,
    });

    const ill = await bus.igs("doctor");
    expect(ill.exitCode).toBe(1);
    expect(faultsOf(ill)).toMatchObject([
      { id: "settings-file", cure: `chmod 600 ${settings}` },
      ...(canMount ? [{ id: "disk", problem: expect.stringContaining(scratch.path("tmp")) }] : []),
      { id: "programs", problem: `${old} is 2021.12.27, and 2023.03.04 is needed.` },
      { id: "archive", problem: `The archive ${archive(scratch.root)} is not there.` },
    ]);
  },
  30_000,
);
