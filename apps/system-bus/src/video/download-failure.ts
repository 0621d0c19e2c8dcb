import { WorkerError, type WorkerErrorCode } from "../worker-error.ts";
import { withoutCredentials } from "./video-address.ts";

export interface FailedDownload {
  /** For the message; holds no credentials. */
  readonly address: string;
  readonly exitCode: number | null;
  readonly stderr: string;
}

interface Cause {
  readonly pattern: RegExp;
  readonly code: WorkerErrorCode;
  readonly words: string;
}

/**
 * What yt-dlp's messages mean, the first match wins. Its exit code is 1 for nearly everything, so the
 * words are all there is; they were taken from the versions of 2023 and 2025.
 */
const CAUSES: readonly Cause[] = [
  {
    pattern:
      /Redirection to url '[^']*' is not allowed|No connection adapters were found|file:\/\/ (?:scheme is|URLs are) explicitly disabled|unsupported redirect/i,
    code: "ADDRESS_REFUSED",
    words: "leads to something that is neither http nor https; such redirects are never followed",
  },
  {
    pattern: /would lead to an infinite loop|Too many redirects|Exceeded \d+ redirects/i,
    code: "VIDEO_MISSING",
    words: "redirects in a circle; check the address in a browser",
  },
  {
    pattern: /No space left on device|Errno 28|Disk quota exceeded/i,
    code: "DISK_FULL",
    words:
      "did not fit on the disk of the media folder; free some space, then send the event again",
  },
  {
    pattern: /HTTP Error (?:404|410)\b/i,
    code: "VIDEO_MISSING",
    words: "is not there (the server says 404 or 410); check the address",
  },
  {
    pattern:
      /Unsupported URL|No video formats found|no video in this|There(?:'s| is) no video|No media found/i,
    code: "VIDEO_MISSING",
    words: "has no video that yt-dlp can find; open it in a browser, and try a newer yt-dlp",
  },
  {
    pattern:
      /Video unavailable|Private video|has been removed|account .*terminated|not available in your country|members-only|Sign in to|age[- ]restricted|This live event will begin|requires payment|DRM/i,
    code: "VIDEO_MISSING",
    words: "can't be watched without an account, or was taken down",
  },
  {
    pattern: /HTTP Error (?:401|403)\b/i,
    code: "DOWNLOAD_FAILED",
    words: "was refused by its server (401 or 403); it may want a login, or a newer yt-dlp",
  },
  {
    pattern: /HTTP Error 429|Too Many Requests/i,
    code: "VIDEO_UNREACHABLE",
    words: "was asked for too often (429); it is tried again later",
  },
  {
    pattern: /HTTP Error 5\d\d\b/i,
    code: "VIDEO_UNREACHABLE",
    words: "could not be had because its server is in trouble; it is tried again later",
  },
  {
    pattern:
      /Name or service not known|nodename nor servname|Temporary failure in name resolution|No address associated|getaddrinfo failed|Failed to resolve/i,
    code: "VIDEO_UNREACHABLE",
    words: "is on a host whose name nobody knows; check the spelling and the network",
  },
  {
    pattern:
      /Connection refused|Connection reset|timed out|Network is unreachable|No route to host|Remote end closed|IncompleteRead|bytes read, .* more expected|Connection aborted|SSL|EOF occurred/i,
    code: "VIDEO_UNREACHABLE",
    words: "could not be reached; check that its host is up and reachable from this machine",
  },
];

/** Turns the end of a download into one error that says what happened, what to do, and whether to retry. */
export function describeFailedDownload({ address, exitCode, stderr }: FailedDownload): WorkerError {
  const said = lastErrorLine(stderr);
  const cause = CAUSES.find(({ pattern }) => pattern.test(stderr));
  const shown = withoutCredentials(address);
  if (cause)
    return new WorkerError(
      cause.code,
      `${shown} ${cause.words}${said ? ` — yt-dlp: ${said}` : ""}`,
    );
  const how = exitCode === null ? "was ended" : `ended with exit code ${exitCode}`;
  return new WorkerError(
    "DOWNLOAD_FAILED",
    `yt-dlp ${how} on ${shown}${said ? `: ${said}` : " and said nothing"}; a newer yt-dlp often helps`,
  );
}

/** Exit code 0 and no file: a live stream, or something that a limit or filter left out. */
export function describeMissingFile(address: string): WorkerError {
  return new WorkerError(
    "VIDEO_MISSING",
    `yt-dlp ended well but left no file for ${withoutCredentials(address)}: a live stream, or a video that its limits leave out`,
  );
}

const LINE_CHARACTERS_MAX = 300;

function lastErrorLine(stderr: string): string | null {
  const lines = stderr.split("\n").filter((line) => line.startsWith("ERROR:"));
  const line = (lines.at(-1) ?? "")
    .replace(/^ERROR:\s*/, "")
    .replace(/;?\s*please report this issue on.*$/i, "")
    .replace(/\s*\(caused by .*$/, "")
    .trim();
  return line === "" ? null : withoutCredentials(line).slice(0, LINE_CHARACTERS_MAX);
}
