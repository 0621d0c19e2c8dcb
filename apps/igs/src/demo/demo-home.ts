// Where a demo keeps everything: never in the person's vault, settings or state. One folder for
// ordinary runs, so that the second is quick and finds the first one's note; `--crash` has its own and
// begins empty, since a note that is there leaves nothing to be interrupted.

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CliError } from "../output/failure.ts";

export interface DemoHome {
  readonly root: string;
  /** BUS_HOME of the worker. */
  readonly bus: string;
  readonly engine: string;
  readonly vault: string;
  readonly logs: string;
}

/** Ports of the last time: addresses in notes and bookmarks stay good while they are free. */
export interface Remembered {
  readonly enginePort?: number | undefined;
  readonly workerPort?: number | undefined;
  readonly samplePort?: number | undefined;
  /** Set while `--keep` has left a bus running. */
  readonly kept?: { readonly enginePid: number; readonly workerPid: number } | undefined;
}

const port = z.int().min(1).max(65_535).optional();
const pid = z.int().positive();
const RememberedSchema = z.object({
  enginePort: port,
  workerPort: port,
  samplePort: port,
  kept: z.object({ enginePid: pid, workerPid: pid }).optional(),
});

/** `folder` is the demo's own, made by bin/demo under the person's cache folder. */
export function demoHome(folder: string | undefined, shouldCrash: boolean): DemoHome {
  if (!folder?.startsWith("/")) {
    throw new CliError({
      code: "usage",
      message: "BUS_DEMO_HOME doesn't name a folder.",
      fix: "Start the demo with bin/demo, which sets it.",
    });
  }
  const root = join(folder, shouldCrash ? "crash" : "demo");
  return {
    root,
    bus: join(root, "bus"),
    engine: join(root, "engine"),
    vault: join(root, "vault"),
    logs: join(root, "logs"),
  };
}

export async function makeDemoHome(home: DemoHome, shouldEmpty: boolean): Promise<void> {
  if (shouldEmpty) await rm(home.root, { recursive: true, force: true });
  for (const folder of [home.bus, home.engine, home.vault, home.logs]) {
    await mkdir(folder, { recursive: true });
  }
}

/** A file that is missing or damaged is nothing remembered. */
export async function loadRemembered(home: DemoHome): Promise<Remembered> {
  try {
    return RememberedSchema.parse(await Bun.file(rememberedPath(home)).json());
  } catch {
    return {};
  }
}

export async function rememberPorts(home: DemoHome, remembered: Remembered): Promise<void> {
  await Bun.write(rememberedPath(home), `${JSON.stringify(remembered, null, 2)}\n`);
}

function rememberedPath(home: DemoHome): string {
  return join(home.root, "demo.json");
}
