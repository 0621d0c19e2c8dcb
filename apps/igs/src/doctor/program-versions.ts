// Which versions of other people's programs will do. A minimum has a reason: what the bus asks of it.

import type { ExternalProgramName } from "@system-bus/programs";

export interface VersionRule {
  readonly args: readonly string[];
  /** Its first group is the version. */
  readonly pattern: RegExp;
  readonly min: string;
  readonly why: string;
  readonly upgrade: { readonly linux: string; readonly darwin: string };
}

export const versionRules: Partial<Record<ExternalProgramName, VersionRule>> = {
  "yt-dlp": {
    args: ["--version"],
    pattern: /^(\d{4}\.\d{2}\.\d{2})/m,
    min: "2023.03.04",
    why: "the options that downloads are started with were tried with no older one",
    upgrade: { linux: "pipx install --force 'yt-dlp[default]'", darwin: "brew upgrade yt-dlp" },
  },
  ffmpeg: {
    args: ["-version"],
    // A build of its master says N-… or git-…, which is newer than every release.
    pattern: /^ffmpeg version n?(\d+(?:\.\d+)+)/m,
    min: "4.0",
    why: "older ones are no longer mended, and were never tried on strangers' videos",
    upgrade: { linux: "sudo apt install --only-upgrade ffmpeg", darwin: "brew upgrade ffmpeg" },
  },
  git: {
    args: ["--version"],
    pattern: /^git version (\d+(?:\.\d+)+)/m,
    min: "2.38",
    why: "loops carry commits over with `git merge-tree --write-tree`",
    upgrade: { linux: "sudo apt install --only-upgrade git", darwin: "brew install git" },
  },
  rsync: {
    args: ["--version"],
    pattern: /^rsync +version (\d+(?:\.\d+)+)/m,
    min: "2.6.9",
    why: "transfers go on where they stopped by --partial-dir",
    upgrade: { linux: "sudo apt install --only-upgrade rsync", darwin: "brew install rsync" },
  },
};

/** Since then yt-dlp asks for a JavaScript runtime on YouTube, and older ones fail there. */
export const YOUTUBE_SINCE = "2025.11.12";

/** By their numbers, from the left; what is missing counts as 0. */
export function isOlder(version: string, other: string): boolean {
  const [a, b] = [version, other].map((text) => text.split(".").map(Number));
  for (let place = 0; place < Math.max(a?.length ?? 0, b?.length ?? 0); place += 1) {
    const difference = (a?.[place] ?? 0) - (b?.[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
