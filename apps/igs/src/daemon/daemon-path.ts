// The PATH of a daemon. launchd and systemd give a short one, and a terminal's own is made by whatever its
// shell has been told over the years: neither is what the bus should run with. Pure.

import { delimiter, join } from "node:path";

/** Programs that functions and agents start, and what those need to run at all. */
const WANTED_PROGRAMS = [
  ...["node", "git", "docker", "deno"],
  ...["yt-dlp", "ffmpeg", "ffprobe", "rsync", "scp", "codex", "claude", "pi"],
  ...["mlx_whisper", "whisper-cli", "whisper-cpp", "whisper-ctranslate2"],
  "pocketsphinx_continuous",
] as const;

const SYSTEM_FOLDERS = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"] as const;

export interface PathFacts {
  readonly home: string;
  /** Of the terminal that installs. */
  readonly terminalPath: string | undefined;
  /** Of the unit that is there; what it has gained once stays, from whichever terminal one installs. */
  readonly installedPath: string | null;
  readonly hasProgram: (folder: string, program: string) => boolean;
  readonly isFolder: (path: string) => boolean;
}

export interface DaemonPath {
  readonly path: string;
  /** Folders of the terminal's PATH that were taken along, each with the programs only it has. */
  readonly gained: readonly { readonly folder: string; readonly programs: readonly string[] }[];
}

export function chooseDaemonPath(facts: PathFacts): DaemonPath {
  const { home, terminalPath, installedPath, hasProgram, isFolder } = facts;
  const usual = [
    ...[join(home, ".local/bin"), join(home, ".bun/bin"), "/opt/homebrew/bin"],
    ...SYSTEM_FOLDERS,
  ];
  const kept = foldersOf(installedPath ?? "").filter(
    (folder) => !usual.includes(folder) && isFolder(folder),
  );
  const gained = new Map<string, string[]>();
  for (const program of WANTED_PROGRAMS) {
    const known = [...usual, ...kept, ...gained.keys()];
    const knows = known.some((folder) => hasProgram(folder, program));
    const folder = foldersOf(terminalPath ?? "").find((candidate) =>
      hasProgram(candidate, program),
    );
    if (folder === undefined || (knows && !gained.has(folder))) continue;
    gained.set(folder, [...(gained.get(folder) ?? []), program]);
  }
  // What a person has chosen in a terminal comes before what the system has.
  const all = [...gained.keys(), ...kept, ...usual];
  return {
    path: [...new Set(all)].join(delimiter),
    gained: [...gained].map(([folder, programs]) => ({ folder, programs })),
  };
}

/** Neither a project's own programs nor what `bun run` has put in front are the machine's. */
function foldersOf(path: string): readonly string[] {
  return path
    .split(delimiter)
    .filter(
      (folder) => folder.startsWith("/") && !/\/node_modules\/|\/bun-node-/.test(`${folder}/`),
    );
}
