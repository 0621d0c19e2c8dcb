// Where a video is kept for good. Three programs at most: one looks, one brings, one proves. Each may
// be repeated: what is there and equal is left alone.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EndedProgram, ProgramSpec } from "@system-bus/programs";
import type { Archive } from "@system-bus/settings";
import { z } from "zod";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import {
  bringArguments,
  findRemoteArguments,
  finishRemoteArguments,
  readRemoteFailure,
  remoteAddress,
  remoteHost,
  type SshArchive,
} from "../adapters/remote-archive.ts";
import { readFileIfAny } from "../files/atomic-write.ts";
import { slugOf } from "../notes/slug.ts";
import { describeFileError, WorkerError } from "../worker-error.ts";

const COPY_HOURS_MAX = 12;
const LOOK_MINUTES_MAX = 60;
const STARTS_MAX = 5;

/** Readable, and unlike that of any other video: title and identity. */
export function archiveFileName(
  { id, title }: { readonly id: string; readonly title: string },
  extension: string,
): string {
  return `${slugOf(title, id)}.${id.replace(/[^A-Za-z0-9_-]+/g, "-")}${extension}`;
}

export type ArchivePlan =
  | { readonly kind: "none"; readonly remark: string }
  | { readonly kind: "folder"; readonly fileName: string; readonly target: string }
  | { readonly kind: "ssh"; readonly fileName: string; readonly programs: RemotePrograms };

/** Executables that were found when the plan was made. */
export interface RemotePrograms {
  readonly ssh: string;
  readonly copy: string;
}

export async function planArchive(
  archive: Archive,
  finder: ProgramFinder,
  fileName: string,
): Promise<ArchivePlan> {
  switch (archive.kind) {
    case "none":
      return {
        kind: "none",
        remark: "No archive is set (ARCHIVE_TO): the video stays in the media folder",
      };
    case "folder": {
      // A drive that is not mounted leaves an empty folder or none: never make it ourselves.
      const found = await stat(archive.path).catch(() => null);
      if (found?.isDirectory()) {
        return { kind: "folder", fileName, target: join(archive.path, fileName) };
      }
      throw new WorkerError(
        "ARCHIVE_UNREACHABLE",
        `The archive folder ${archive.path} is not there: mount its drive or make it, then send the event again`,
      );
    }
    case "ssh":
      return {
        kind: "ssh",
        fileName,
        programs: { ssh: finder.get("ssh"), copy: finder.get(archive.method) },
      };
  }
}

export function localCopySpec(source: string, target: string): ProgramSpec {
  const main = fileURLToPath(new URL("../files/copy-verified-main.ts", import.meta.url));
  return {
    command: process.execPath,
    args: ["--no-env-file", main, source, target],
    wallClockMaxMs: COPY_HOURS_MAX * 3_600_000,
    attemptsMax: STARTS_MAX,
  };
}

const CopyOutput = z.union([
  z.object({ kind: z.enum(["copied", "already-there"]) }),
  z.object({ error: z.string().nullable(), message: z.string() }),
]);

export async function readLocalCopy(ended: EndedProgram, target: string): Promise<string> {
  const line = (await readFileIfAny(ended.stdoutPath))?.trim().split("\n").at(-1) ?? "";
  const output = CopyOutput.safeParse(parseJson(line));
  if (output.success && "kind" in output.data) return target;
  const failure = output.success && "error" in output.data ? output.data : null;
  const error = Object.assign(new Error(failure?.message ?? "the copy was cut short"), {
    code: failure?.error ?? undefined,
  });
  const described = describeFileError(error, target);
  if (described instanceof WorkerError) throw described;
  throw new WorkerError("ARCHIVE_DAMAGED", `${target} could not be written: ${error.message}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export interface RemoteCopy {
  readonly archive: SshArchive;
  readonly programs: RemotePrograms;
  readonly fileName: string;
  readonly source: string;
  readonly sha256: string;
}

/** The three programs of a copy to another machine. */
export function remoteSpecs(copy: RemoteCopy): Record<"find" | "bring" | "finish", ProgramSpec> {
  const { archive, fileName, programs } = copy;
  const look = { wallClockMaxMs: LOOK_MINUTES_MAX * 60_000, attemptsMax: STARTS_MAX };
  return {
    find: { ...look, command: programs.ssh, args: findRemoteArguments(archive, fileName) },
    bring: {
      command: programs.copy,
      args: bringArguments(archive, copy.source, fileName),
      wallClockMaxMs: COPY_HOURS_MAX * 3_600_000,
      attemptsMax: STARTS_MAX,
    },
    finish: {
      ...look,
      command: programs.ssh,
      args: finishRemoteArguments(archive, fileName, copy.sha256),
    },
  };
}

/** The hash that the other side prints; null when it has no such file. */
export async function readRemoteHash(
  ended: EndedProgram,
  archive: SshArchive,
): Promise<string | null> {
  await checkRemoteEnd(ended, archive);
  const printed = (await readFileIfAny(ended.stdoutPath))?.trim() ?? "";
  return /^[0-9a-f]{64}$/.test(printed) ? printed : null;
}

export async function checkRemoteEnd(ended: EndedProgram, archive: SshArchive): Promise<void> {
  if (ended.exitCode === 0) return;
  const stderr = (await readFileIfAny(ended.stderrPath)) ?? "";
  throw describeRemoteFailure(archive, ended.exitCode, stderr);
}

function describeRemoteFailure(
  archive: SshArchive,
  exitCode: number | null,
  stderr: string,
): WorkerError {
  const host = remoteHost(archive);
  const said = stderr.trim().split("\n").at(-1)?.trim().slice(0, 300);
  const because = said ? ` — ${said}` : "";
  switch (readRemoteFailure(exitCode, stderr)) {
    case "refused":
      return new WorkerError(
        "ARCHIVE_REFUSED",
        `${host} lets this user in not at all or not to ${archive.path}: try "ssh ${host}" by hand, check keys and known_hosts${because}`,
      );
    case "no-folder":
      return new WorkerError(
        "ARCHIVE_REFUSED",
        `${host} has no folder ${archive.path}: mount its drive or make it, then send the event again${because}`,
      );
    case "no-space":
      return new WorkerError(
        "DISK_FULL",
        `${host} has no space left in ${archive.path}: free some, then send the event again${because}`,
      );
    case "unreachable":
      return new WorkerError(
        "ARCHIVE_UNREACHABLE",
        `${host} could not be reached, or the copy was cut short (exit code ${exitCode})${because}`,
      );
  }
}

/** What the last program prints decides: only a proven file has its name. */
export function acceptRemoteHash(copy: RemoteCopy, printed: string | null): string {
  if (printed === copy.sha256) return remoteAddress(copy.archive, copy.fileName);
  throw new WorkerError(
    "ARCHIVE_DAMAGED",
    printed === null
      ? `${remoteHost(copy.archive)} has neither sha256sum nor shasum, so the copy can't be proven`
      : `The copy of ${copy.fileName} on ${remoteHost(copy.archive)} differs from the original and was removed`,
  );
}
