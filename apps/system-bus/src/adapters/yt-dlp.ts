// yt-dlp as one command line that works alike on the versions of 2023 and 2025.
//
// Its traps: `--print` silences progress unless `--progress` is given; single-field templates print
// `NA`, so whole dictionaries are dumped as JSON; it ends with 0 and no file when a filter or a limit
// leaves the video out; a relative `-P temp:` is relative to `home:`.

import { isAbsolute, join, relative } from "node:path";
import { z } from "zod";

export interface DownloadCommand {
  readonly folder: string;
  /** The address as an argument, or the file that holds it when it has a password in it. */
  readonly address: { readonly url: string } | { readonly file: string };
}

const PROGRESS = "status,downloaded_bytes,total_bytes,total_bytes_estimate,speed,eta";

export function downloadArguments({ folder, address }: DownloadCommand): string[] {
  return [
    ...["--ignore-config", "--no-cache-dir", "--no-warnings", "-q", "--progress", "--newline"],
    // Not all of it: with file names in it a line would be longer than what is shown of one.
    ...["--progress-template", `download:{"type":"progress","p":%(progress.{${PROGRESS}})j}`],
    ...[
      "--print",
      'before_dl:{"type":"meta","i":%(.{id,title,extractor,duration,webpage_url,uploader})j}',
    ],
    ...["--print", 'after_move:{"type":"done","path":%(filepath)j}'],
    // One event is one video: of a list the first is taken, of a live stream nothing.
    ...["--no-playlist", "--playlist-items", "1", "--match-filters", "!is_live"],
    ...["--retries", "3", "--fragment-retries", "3", "--socket-timeout", "30"],
    ...[
      "--write-info-json",
      "--write-subs",
      "--sub-langs",
      "all,-live_chat",
      "--sub-format",
      "vtt/srt/best",
    ],
    ...["-P", `home:${folder}`, "-P", `temp:${join(folder, "tmp")}`],
    ...["--restrict-filenames", "-o", "%(title).80B [%(id).60B].%(ext)s"],
    ...("url" in address ? ["--", address.url] : ["--batch-file", address.file]),
  ];
}

/** Only automatic captions, into the program's own folder, by the metadata of a finished download. */
export function automaticCaptionsArguments(input: {
  readonly metadataPath: string;
  readonly language: string;
}): string[] {
  return [
    ...["--ignore-config", "--no-cache-dir", "--no-warnings", "-q", "--skip-download"],
    ...["--load-info-json", input.metadataPath],
    ...["--write-auto-subs", "--sub-langs", input.language, "--sub-format", "vtt/srt/best"],
    // Asked too often, the endpoint answers 429 for a while; the next source is quicker than waiting.
    ...["--retries", "0", "--extractor-retries", "0", "--socket-timeout", "30"],
    ...["--restrict-filenames", "-o", "captions.%(ext)s"],
  ];
}

/** What yt-dlp is started with: no other scheme than http and https leaves this machine. */
export function ytDlpEnvironment(searchPath: string): Record<string, string> {
  // Python's opener would follow a redirect to ftp; this proxy does not exist, so it can't.
  return { PATH: searchPath, ftp_proxy: "http://127.0.0.1:9" };
}

const DoneLine = z.object({ type: z.literal("done"), path: z.string() });

/**
 * The file that a download left, from yt-dlp's output; null when it left none. A path outside the
 * folder is not believed.
 */
export function readDownloadedPath(stdout: string, folder: string): string | null {
  const paths = stdout.split("\n").flatMap((line) => {
    const done = DoneLine.safeParse(parseJson(line));
    return done.success ? [done.data.path] : [];
  });
  const path = paths.at(-1);
  if (path === undefined) return null;
  const inside = relative(folder, path);
  // A file's name may well begin with two dots: titles do.
  return inside === "" || /^\.\.(?:\/|$)/.test(inside) || isAbsolute(inside) ? null : path;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
