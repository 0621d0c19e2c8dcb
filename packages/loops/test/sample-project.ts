// A person's repository and a loop's folders, made for one test.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** In memory where there is such a place: these tests wait for the disk thousands of times otherwise. */
const PLACE = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const BRANCH = "agent-loop/sample-1";

export interface SampleProject {
  /** Below it: `person/`, the repository; `loop/`, the loop's folder. */
  readonly root: string;
  readonly project: string;
  readonly clone: string;
  readonly review: string;
  readonly branch: string;
  readonly head: string;
  readonly remove: () => Promise<void>;
}

export async function makeSampleProject(
  files: Readonly<Record<string, string>> = SAMPLE_FILES,
): Promise<SampleProject> {
  const root = await realpath(await mkdtemp(join(PLACE, "loops-git-")));
  const project = join(root, "person");
  await mkdir(project);
  git(project, "init", "--quiet", "--initial-branch=main");
  git(project, "config", "user.name", "A Person");
  git(project, "config", "user.email", "person@example.org");
  await writeFiles(project, files);
  git(project, "add", "--all");
  git(project, "commit", "--quiet", "--message", "the beginning");
  return {
    root,
    project,
    clone: join(root, "loop", "clone"),
    review: join(root, "loop", "review"),
    branch: BRANCH,
    head: git(project, "rev-parse", "HEAD"),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

const SAMPLE_FILES = {
  ".gitignore": "dist/\n.env\n",
  "package.json": '{ "name": "sample", "type": "module" }\n',
  "README.md": "# Sample\n",
  "src/add.ts": "export const add = (a: number, b: number) => a + b;\n",
  "src/deep/er/value.ts": "export const value = 1;\n",
  "test/add.test.ts": 'import "../src/add.ts";\n',
};

export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** As whoever works in `folder` would run it, with that repository's own settings. Throws what it said. */
export function git(folder: string, ...args: string[]): string {
  return gitWith(folder, {}, ...args);
}

export function gitWith(
  folder: string,
  env: Readonly<Record<string, string>>,
  ...args: string[]
): string {
  const ended = Bun.spawnSync(["git", ...args], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      LC_ALL: "C",
      ...env,
    },
  });
  if (ended.exitCode !== 0) {
    throw new Error(`git ${args.join(" ")} in ${folder}: ${ended.stderr.toString()}`);
  }
  return ended.stdout.toString().trimEnd();
}
