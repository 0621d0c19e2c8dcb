import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { passedEnvironment, runBriefly } from "@system-bus/programs";
import type { Archive } from "@system-bus/settings";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import {
  lookRemoteArguments,
  type RemoteFailure,
  readRemoteLook,
  remoteAddress,
} from "../adapters/remote-archive.ts";

/** The archive as this process reaches it; `problem` is null when videos can be brought there. */
export type ArchiveLook =
  | { readonly kind: "none" }
  | { readonly kind: "folder" | "ssh"; readonly place: string; readonly problem: ArchiveProblem };

type ArchiveProblem = {
  readonly kind: RemoteFailure | "unwritable" | "not-mounted" | "no-ssh";
  readonly said: string;
} | null;

const CONNECT_SECONDS_MAX = 5;
const ANSWER_MAX_MS = 8_000;
const SAID_CHARS_MAX = 300;

export interface ArchivePlace {
  readonly archive: Archive;
  readonly finder: ProgramFinder;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Looks from here, with this process's rights, keys and PATH. Writes nothing. */
export async function lookAtArchive({ archive, finder, env }: ArchivePlace): Promise<ArchiveLook> {
  switch (archive.kind) {
    case "none":
      return { kind: "none" };
    case "folder":
      return {
        kind: "folder",
        place: archive.path,
        problem: await findFolderProblem(archive.path),
      };
    case "ssh": {
      const place = remoteAddress(archive, "");
      const ssh = finder.find("ssh");
      if (ssh === null) return { kind: "ssh", place, problem: { kind: "no-ssh", said: "" } };
      const argv = [ssh, ...lookRemoteArguments(archive, CONNECT_SECONDS_MAX)];
      const programEnv = { ...passedEnvironment(env), PATH: finder.searchPath };
      const end = await runBriefly(argv, { env: programEnv, timeMaxMs: ANSWER_MAX_MS });
      const said = end?.stderr.trim().slice(-SAID_CHARS_MAX) ?? "";
      const kind = readRemoteLook(end?.exitCode ?? null, said);
      return { kind: "ssh", place, problem: kind === null ? null : { kind, said } };
    }
  }
}

async function findFolderProblem(path: string): Promise<ArchiveProblem> {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return { kind: "no-folder", said: "" };
  const root = await stat("/");
  if (isBareMountPoint({ path, device: found.dev, rootDevice: root.dev })) {
    return { kind: "not-mounted", said: "" };
  }
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return { kind: "unwritable", said: error instanceof Error ? error.message : String(error) };
  }
}

export interface FolderOnDisk {
  readonly path: string;
  readonly device: number;
  readonly rootDevice: number;
}

/** A folder where drives are mounted that lies on the system's own disk: its drive is not there. */
export function isBareMountPoint({ path, device, rootDevice }: FolderOnDisk): boolean {
  return /^\/(Volumes|mnt|media)\/[^/]/.test(path) && device === rootDevice;
}
