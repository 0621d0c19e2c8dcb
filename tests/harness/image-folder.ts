// What a target of infra/docker/Dockerfile holds of this repository, as a folder: the files that it copies, as far as
// .dockerignore lets them through, and the packages that its workspaces depend on. What it has of Debian is this
// machine's.

import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import ignore from "@balena/dockerignore";
import { findChain, findLast, parseDockerfile, readExecForm } from "../checks/infra/dockerfile.ts";
import { root } from "../checks/repository-copy.ts";

export interface ImageFolder {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

export async function buildImageFolder(target: string, folder: string): Promise<ImageFolder> {
  const dockerfile = parseDockerfile(await Bun.file(join(root, "infra/docker/Dockerfile")).text());
  const chain = findChain(dockerfile, target);
  const files = await listContext();
  for (const { instructions } of [...findChain(dockerfile, "dependencies"), ...chain]) {
    for (const { keyword, words } of instructions) {
      if (keyword === "COPY" && !words.startsWith("--from")) {
        await copyFiles(files, words.split(" ").slice(0, -1), folder);
      }
      if (keyword === "RUN" && words.includes("bun install")) await install(words, folder);
    }
  }
  return {
    folder,
    env: readEnv(findLast(chain, "ENV") ?? ""),
    command: readExecForm(findLast(chain, "CMD")) ?? [],
    healthCheck: readExecForm(findLast(chain, "HEALTHCHECK")) ?? [],
  };
}

/** The files of the checkout that Docker would be given. */
async function listContext(): Promise<readonly string[]> {
  const rules = ignore().add(await Bun.file(join(root, ".dockerignore")).text());
  const tracked = await Bun.$`git ls-files --cached --others --exclude-standard`.cwd(root).text();
  return tracked.split("\n").filter((file) => file !== "" && !rules.ignores(file));
}

async function copyFiles(
  files: readonly string[],
  sources: readonly string[],
  folder: string,
): Promise<void> {
  const isMeant = (file: string) =>
    sources.some((source) => file === source || file.startsWith(`${source}/`));
  for (const file of files.filter(isMeant)) {
    const target = join(folder, file);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(root, file), target);
  }
}

/**
 * Has Bun check the command against manifests and lock file, and takes the packages themselves, of which there are
 * thousands of files, from the checkout: each workspace that the command names, and all that it needs, gets links to
 * what it depends on to run, and to nothing else.
 */
async function install(words: string, folder: string): Promise<void> {
  const [, command = ""] = /(bun install .*)$/.exec(words) ?? [];
  const argv = command.replaceAll("'", "").split(" ");
  await Bun.$`${argv} --dry-run`.cwd(folder).quiet();
  await mkdir(join(folder, "node_modules"));
  await symlink(join(root, "node_modules/.bun"), join(folder, "node_modules/.bun"));
  for (const area of ["apps", "packages"]) {
    for (const name of await readdir(join(folder, area))) {
      await linkDependencies(join(area, name), folder);
    }
  }
}

async function linkDependencies(workspace: string, folder: string): Promise<void> {
  const { dependencies = {} } = await Bun.file(join(folder, workspace, "package.json")).json();
  for (const name of Object.keys(dependencies)) {
    const link = join(workspace, "node_modules", name);
    await mkdir(dirname(join(folder, link)), { recursive: true });
    // Relative, so that it leads to the folder's own workspaces.
    await cp(join(root, link), join(folder, link), { verbatimSymlinks: true });
  }
}

function readEnv(words: string): Record<string, string> {
  const pairs = words.split(" ").map((pair) => pair.split("="));
  return Object.fromEntries(pairs.map(([name = "", value = ""]) => [name, value]));
}
