// A person's repository, a PRD, and the folders of a worker, for one simulated loop.

import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { EventFields } from "@system-bus/events";
import type { Random } from "./random.ts";

/** In memory where there is such a place: a loop waits for the disk thousands of times otherwise. */
const PLACE = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export type Prd = EventFields<"agent/loop.start">["prd"];

export interface SampleWorld {
  readonly root: string;
  readonly project: string;
  readonly loopsFolder: string;
  readonly vaultFolder: string;
  readonly base: string;
}

const GIT_ENV = {
  ...{ PATH: process.env["PATH"] ?? "", HOME: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
  ...{ GIT_AUTHOR_DATE: "2026-01-05T12:00:00Z", GIT_COMMITTER_DATE: "2026-01-05T12:00:00Z" },
};

export function git(folder: string, ...args: string[]): string {
  const ended = Bun.spawnSync(["git", ...args], { cwd: folder, env: GIT_ENV });
  if (ended.exitCode === 0) return ended.stdout.toString().trim();
  throw new Error(`git ${args.join(" ")}: ${ended.stderr.toString()}`);
}

export function makeWorld(): SampleWorld {
  const root = realpathSync(mkdtempSync(join(PLACE, "loops-simulated-")));
  const project = join(root, "person");
  mkdirSync(join(project, "src"), { recursive: true });
  mkdirSync(join(root, "programs"));
  for (const name of ["codex", "claude", "pi"]) {
    writeFileSync(join(root, "programs", name), "#!/bin/sh\necho 1.0.0\n", { mode: 0o755 });
  }
  writeFileSync(join(project, "src", "base.py"), "fine\n");
  git(project, "init", "--quiet", "--initial-branch=main");
  git(project, "config", "user.name", "A Person");
  git(project, "config", "user.email", "person@example.org");
  git(project, "add", "--all");
  git(project, "commit", "--quiet", "--message", "the beginning");
  const base = git(project, "rev-parse", "HEAD");
  const [loopsFolder, vaultFolder] = [join(root, "loops"), join(root, "vault")];
  return { root, project, base, loopsFolder, vaultFolder };
}

/** Up to four stories; each may depend on those before it. */
export function drawPrd(random: Random): Prd {
  const count = random.between(1, 4);
  const ids = Array.from({ length: count }, (_, index) => `US-${index + 1}`);
  return {
    ...{ title: "Simulated", description: "Made by chance.", checks: [["pytest"]] },
    ...(random.chance(0.3) ? { keep_tests: true } : {}),
    stories: ids.map((id, index) => ({
      ...{ id, title: `Story ${id}`, description: "Does something." },
      ...{ acceptance_criteria: ["It works"], priority: random.between(1, 3) },
      depends_on: ids.slice(0, index).filter(() => random.chance(0.3)),
    })),
  };
}

/** Mode, time and content of each file, but for objects and the loop's own ref. */
export function snapshot(folder: string): string {
  const seen: string[] = [];
  const walk = (at: string): void => {
    for (const name of readdirSync(at).sort()) {
      const path = join(at, name);
      const place = relative(folder, path);
      if (/^\.git\/(objects|refs\/heads\/agent-loop)$/.test(place)) continue;
      const { mode, mtimeMs } = lstatSync(path);
      if (lstatSync(path).isDirectory()) {
        walk(path);
        continue;
      }
      const hash = createHash("sha256").update(readFileSync(path)).digest("hex");
      seen.push(`${place} ${mode} ${mtimeMs} ${hash}`);
    }
  };
  walk(folder);
  return seen.join("\n");
}
