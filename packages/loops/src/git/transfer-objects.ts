import { randomUUID } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LoopsError } from "../loops-error.ts";
import { runGit } from "./run-git.ts";

export interface Transfer {
  readonly from: string;
  readonly to: string;
  /** Whose history goes over. */
  readonly commit: string;
  /** What `to` has already, with its history; `from` knows them. */
  readonly except: readonly string[];
}

/** Of a whole history: a large repository takes its time. */
const TIME_MAX_MS = 30 * 60_000;
/** Fewer objects stay loose files, as git's own `transfer.unpackLimit` has it. */
const LOOSE_MAX = 100;

/** Into a repository of ours, as one pack that is written where it stays. */
export async function fetchObjects({ from, to, commit, except }: Transfer): Promise<void> {
  const name = `pack-${randomUUID().replaceAll("-", "")}`;
  const draft = join(to, "objects", "pack", `tmp_${name}`);
  const pack = join(to, "objects", "pack", `${name}.pack`);
  try {
    await writePack({ from, to, commit, except }, draft);
    await rename(draft, pack);
    // Until its index is there, a pack is nothing to git.
    await runGit({
      args: ["index-pack", pack],
      cwd: dirname(to),
      gitDir: to,
      timeMaxMs: TIME_MAX_MS,
    });
  } catch (error) {
    await rm(draft, { force: true });
    await rm(pack, { force: true });
    throw error;
  }
}

/**
 * Into a person's repository. Git writes objects under other names first, so one that is there is
 * whole; a process that was killed leaves at most a `tmp_…` file that git's own prune removes.
 */
export async function sendObjects(transfer: Transfer): Promise<void> {
  const draft = join(transfer.from, `tmp_pack_${randomUUID()}`);
  try {
    await writePack(transfer, draft);
    const count = await countObjects(draft);
    if (count === 0) return;
    const isLoose = count < LOOSE_MAX;
    await runGit({
      args: isLoose ? ["unpack-objects", "-q", "--strict"] : ["index-pack", "--stdin", "--strict"],
      cwd: dirname(transfer.to),
      gitDir: transfer.to,
      inputFile: draft,
      config: ["core.fsync=committed,reference"],
      timeMaxMs: TIME_MAX_MS,
    });
  } finally {
    await rm(draft, { force: true });
  }
}

async function writePack({ from, commit, except }: Transfer, file: string): Promise<void> {
  await runGit({
    args: ["pack-objects", "--revs", "--stdout", "--delta-base-offset", "-q"],
    cwd: dirname(from),
    gitDir: from,
    input: [commit, ...except.map((id) => `^${id}`), ""].join("\n"),
    outputFile: file,
    timeMaxMs: TIME_MAX_MS,
  });
}

/** A pack begins with PACK, its version, and how many objects it holds. */
async function countObjects(pack: string): Promise<number> {
  const file = await open(pack, "r");
  try {
    const head = Buffer.alloc(12);
    const { bytesRead } = await file.read(head, 0, 12, 0);
    if (bytesRead < 12 || head.toString("latin1", 0, 4) !== "PACK") {
      throw new LoopsError(
        "GIT_FAILED",
        `git wrote ${(await stat(pack)).size} bytes to ${pack} that are no pack: is the disk full?`,
      );
    }
    return head.readUInt32BE(8);
  } finally {
    await file.close();
  }
}
