// `<folder>/.git`: what an agent sees as its repository. Nothing of ours reads it (rule O1); it is
// written anew before each attempt, so nothing of one attempt lives on in the next: no configuration,
// no hook, no branch, no lock. Objects that are there stay, whole ones with their name and size.

import { constants } from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { copyIndex } from "./copy-index.ts";
import { isFolder } from "./is-folder.ts";
import { branchRef } from "./names.ts";
import { ownRepository } from "./own-repository.ts";
import { removeTree } from "./remove-tree.ts";

const NAME = "Coding loop";
const EMAIL = "agent-loop@localhost";

/** For whoever runs git in there: an agent's commit must not wait for a person's signing key or hooks. */
const CONFIG = `[user]
	name = ${NAME}
	email = ${EMAIL}
[commit]
	gpgSign = false
[tag]
	gpgSign = false
[gc]
	auto = 0
[maintenance]
	auto = false
[core]
	bare = false
	hooksPath = /dev/null
	fsmonitor = false
	logAllRefUpdates = true
`;

export interface AgentHead {
  readonly folder: string;
  readonly branch: string;
  readonly commit: string;
}

export async function writeAgentRepository({ folder, branch, commit }: AgentHead): Promise<void> {
  const own = ownRepository(folder);
  const repository = join(folder, ".git");
  if (!(await isFolder(repository))) await removeTree(repository);
  await mkdir(repository, { recursive: true, mode: 0o700 });
  await chmod(repository, 0o700);
  for (const name of await readdir(repository)) {
    if (name !== "objects") await removeTree(join(repository, name));
  }
  await copyObjects(join(own, "objects"), join(repository, "objects"));

  const ref = branchRef(branch);
  await mkdir(join(repository, "info"));
  await mkdir(join(repository, ref, ".."), { recursive: true });
  await copyFile(join(own, "info", "exclude"), join(repository, "info", "exclude"));
  await writeFile(join(repository, ref), `${commit}\n`);
  await writeFile(join(repository, "config"), `${await formatOf(own)}${CONFIG}`);
  await copyIndex(join(own, "index"), join(repository, "index"));
  await writeFile(join(repository, "HEAD"), `ref: ${ref}\n`);
}

/** The object format and what git found out about the file system, as `git init` wrote it. */
async function formatOf(own: string): Promise<string> {
  return await Bun.file(join(own, "config")).text();
}

async function copyObjects(from: string, to: string): Promise<void> {
  await makePlainFolder(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const target = join(to, entry.name);
    await makePlainFolder(target);
    await copyMissing(join(from, entry.name), target);
  }
  await rm(join(to, "info", "alternates"), { force: true });
  await rm(join(to, "info", "http-alternates"), { force: true });
}

/** A link in its place would lead the copies elsewhere. */
async function makePlainFolder(path: string): Promise<void> {
  if (!(await isFolder(path))) await removeTree(path);
  await mkdir(path, { recursive: true });
}

async function copyMissing(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith("tmp_")) continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    const there = await lstat(target).catch(() => null);
    if (there !== null) {
      if (there.isFile() && there.size === (await lstat(source)).size) continue;
      await removeTree(target);
    }
    // A copy-on-write clone where the file system can; never a hard link, which the agent could write through.
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}
