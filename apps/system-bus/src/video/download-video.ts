// The download as a program: what is started, and what is made of what it leaves behind.

import { mkdir, readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { EventFields } from "@system-bus/events";
import { type EndedProgram, freeBytesAt, type ProgramSpec } from "@system-bus/programs";
import { probeMedia } from "../adapters/ffmpeg.ts";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import { downloadArguments, readDownloadedPath, ytDlpEnvironment } from "../adapters/yt-dlp.ts";
import type { ClaimStore } from "../claims/claim-store.ts";
import { readFileIfAny, withReadableErrors, writeFileAtomic } from "../files/atomic-write.ts";
import { WorkerError } from "../worker-error.ts";
import { describeFailedDownload, describeMissingFile } from "./download-failure.ts";
import { readVideoAddress } from "./video-address.ts";
import {
  describeVideo,
  type Metadata,
  MetadataSchema,
  pickAutomaticCaptions,
  readLanguage,
} from "./video-facts.ts";

export interface DownloadDeps {
  readonly finder: ProgramFinder;
  readonly claims: ClaimStore;
  /** Holds one folder per address. */
  readonly mediaFolder: string;
}

/** What the first step finds out. It is kept in the run's state, so it holds no password. */
export interface PreparedDownload {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Fit to be shown. */
  readonly address: string;
}

const DOWNLOAD_HOURS_MAX = 12;
const HOUR_MS = 3_600_000;
/** Programs that a reboot or a kill took are started again this often in all. */
const STARTS_MAX = 5;

export async function prepareDownload(deps: DownloadDeps, url: string): Promise<PreparedDownload> {
  const address = readVideoAddress(url);
  const command = deps.finder.get("yt-dlp");
  const folder = join(deps.mediaFolder, address.folderName);
  await refuseWithoutSpace(deps.mediaFolder);
  await withReadableErrors(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  const addressFile = join(folder, "address");
  if (address.hasCredentials) await writeFileAtomic(addressFile, `${address.full}\n`, 0o600);
  const args = downloadArguments({
    folder,
    address: address.hasCredentials ? { file: addressFile } : { url: address.full },
  });
  return { command, args, folder, address: address.shown };
}

/** Below this a video would fill the disk on which programs and engine keep their records, too. */
const FREE_BYTES_MIN = 64 * 1024 * 1024;

async function refuseWithoutSpace(mediaFolder: string): Promise<void> {
  const freeBytes = await freeBytesAt(mediaFolder);
  if (freeBytes >= FREE_BYTES_MIN) return;
  throw new WorkerError(
    "DISK_FULL",
    `Only ${Math.floor(freeBytes / 1_000_000)} MB are free on the disk of ${mediaFolder}, too few for a video: free some space, then send the event again`,
  );
}

export function downloadSpec(
  { command, args }: PreparedDownload,
  finder: ProgramFinder,
): ProgramSpec {
  return {
    command,
    args,
    env: ytDlpEnvironment(finder.searchPath),
    // A function that waits holds no place in its concurrency limit: this is what keeps two events for
    // one address from writing one file.
    slot: "download",
    wallClockMaxMs: DOWNLOAD_HOURS_MAX * HOUR_MS,
    attemptsMax: STARTS_MAX,
  };
}

export interface DownloadedVideo {
  readonly video: EventFields<"pipeline/video.downloaded">["video"];
  readonly media: string;
  readonly mediaHash: string;
  readonly sizeBytes: number;
  /** With its dot, such as `.mp4`. */
  readonly extension: string;
  readonly captions: readonly Caption[];
  readonly language?: string;
  /** The site's own recognition, not fetched yet: which language, and the metadata that leads there. */
  readonly automaticCaptions?: { readonly language: string; readonly metadata: string };
  /** What a person should know of this download. */
  readonly remark?: string;
}

export interface Caption {
  readonly file: string;
  readonly language: string;
  readonly isAutomatic: boolean;
}

export interface DownloadReading {
  readonly runId: string;
  readonly prepared: PreparedDownload;
  readonly title: string | undefined;
}

export async function readDownload(
  deps: DownloadDeps,
  ended: EndedProgram,
  { runId, prepared, title }: DownloadReading,
): Promise<DownloadedVideo> {
  const { address } = prepared;
  const path = await readMediaPath(ended, prepared);
  const stem = path.slice(0, -extname(path).length || undefined);
  const metadataText = await readFileIfAny(`${stem}.info.json`);
  const metadata = readMetadata(metadataText, basename(stem));
  const extension = extname(path)
    .toLowerCase()
    .replace(/[^.a-z0-9]/g, "");
  const stored = await deps.claims.putFile(runId, `media${extension}`, path);
  const probe = await probeMedia(deps.finder.find("ffprobe"), path);
  const video = describeVideo({ metadata, probe, mediaHash: stored.sha256, address, title });
  const captions = await storeCaptions(deps.claims, runId, stem);
  const language = readLanguage(metadata.language);
  const automatic = captions.length > 0 ? null : pickAutomaticCaptions(metadata);
  return {
    video,
    media: stored.claim,
    mediaHash: stored.sha256,
    sizeBytes: stored.sizeBytes,
    extension,
    captions,
    ...(language === null ? {} : { language }),
    ...(automatic === null || metadataText === null
      ? {}
      : {
          automaticCaptions: {
            language: automatic,
            metadata: await deps.claims.put(runId, "info.json", metadataText),
          },
        }),
    ...(metadata.playlist_count != null && metadata.playlist_count > 1
      ? {
          remark: `${address} lists ${metadata.playlist_count} videos; the first was taken`,
        }
      : {}),
  };
}

async function readMediaPath(
  ended: EndedProgram,
  { address, folder }: PreparedDownload,
): Promise<string> {
  const stderr = (await readFileIfAny(ended.stderrPath)) ?? "";
  if (ended.endedBy === "wall-limit") {
    throw new WorkerError(
      "VIDEO_MISSING",
      `${address} was not downloaded within ${DOWNLOAD_HOURS_MAX} hours; send the event again to go on where it stopped`,
    );
  }
  if (ended.exitCode !== 0)
    throw describeFailedDownload({ address, exitCode: ended.exitCode, stderr });
  const path = readDownloadedPath((await readFileIfAny(ended.stdoutPath)) ?? "", folder);
  const found = path === null ? null : await stat(path).catch(() => null);
  if (path === null || !found?.isFile() || found.size === 0) throw describeMissingFile(address);
  return path;
}

/** Without its metadata a video is still a video. */
function readMetadata(text: string | null, fileName: string): Metadata {
  const parsed = MetadataSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : MetadataSchema.parse({ id: fileName, title: fileName });
}

/** A kill may have cut the file short. */
function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

const CAPTIONS_MAX = 100;

/** yt-dlp puts captions beside the video: `<name>.<language>.vtt`. */
async function storeCaptions(claims: ClaimStore, runId: string, stem: string): Promise<Caption[]> {
  const files = await readdir(dirname(stem));
  const captions: Caption[] = [];
  for (const file of files.toSorted()) {
    if (!file.startsWith(`${basename(stem)}.`) || captions.length >= CAPTIONS_MAX) continue;
    const [, tag, ending] = /^\.([\w-]+)\.(vtt|srt)$/.exec(file.slice(basename(stem).length)) ?? [];
    if (!tag || !ending) continue;
    const language = readLanguage(tag) ?? "und";
    const stored = await claims.putFile(
      runId,
      `captions.${tag}.${ending}`,
      join(dirname(stem), file),
    );
    captions.push({ file: stored.claim, language, isAutomatic: false });
  }
  return captions;
}
