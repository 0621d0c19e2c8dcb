import { expect, test } from "bun:test";
import { describeFailedDownload, describeMissingFile } from "./download-failure.ts";

const address = "http://ada:s3cret@127.0.0.1:8000/talk.mp4";
const failed = (stderr: string, exitCode: number | null = 1) =>
  describeFailedDownload({ address, exitCode, stderr });

const report =
  "; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out the template.";

test.each([
  [
    `ERROR: [generic] None: Unable to download webpage: HTTP Error 404: Not Found (caused by <HTTPError 404: 'Not Found'>)${report}`,
    "VIDEO_MISSING",
    false,
  ],
  ["ERROR: Unsupported URL: http://127.0.0.1:8000/empty.html", "VIDEO_MISSING", false],
  [
    "ERROR: [generic] None: Unable to download webpage: HTTP Error 302: Found - Redirection to url 'file:///etc/passwd' is not allowed (caused by …)",
    "ADDRESS_REFUSED",
    false,
  ],
  [
    "ERROR: [download] Got error: <urlopen error file:// URLs are explicitly disabled in yt-dlp for security reasons.>. Giving up after 10 retries",
    "ADDRESS_REFUSED",
    false,
  ],
  [
    "ERROR: … HTTP Error 302: The HTTP server returned a redirect error that would lead to an infinite loop.\nThe last 30x error message was:\nFound",
    "VIDEO_MISSING",
    false,
  ],
  ["ERROR: unable to write data: [Errno 28] No space left on device", "DISK_FULL", false],
  [
    "ERROR: [youtube] abc: Private video. Sign in if you've been granted access to this video",
    "VIDEO_MISSING",
    false,
  ],
  [
    "ERROR: … <urlopen error [Errno 111] Connection refused> (caused by URLError(…))",
    "VIDEO_UNREACHABLE",
    true,
  ],
  ["ERROR: … <urlopen error [Errno -2] Name or service not known>", "VIDEO_UNREACHABLE", true],
  ["ERROR: … HTTP Error 500: Internal Server Error", "VIDEO_UNREACHABLE", true],
  ["ERROR: … HTTP Error 429: Too Many Requests", "VIDEO_UNREACHABLE", true],
  ["ERROR: … HTTP Error 403: Forbidden", "DOWNLOAD_FAILED", true],
  [
    "ERROR: content too short: 1000 bytes read, 2000 more expected. Giving up after 3 retries",
    "VIDEO_UNREACHABLE",
    true,
  ],
  ["Traceback (most recent call last):\n  boom", "DOWNLOAD_FAILED", true],
])("%p", (stderr, code, mayRetry) => {
  expect(failed(stderr)).toMatchObject({ code, mayRetry });
});

test("the message has the address, what to do and what yt-dlp said, without its advertisement", () => {
  const { message } = failed(
    `WARNING: x\nERROR: [generic] None: Unable to download webpage: HTTP Error 404: Not Found (caused by <HTTPError 404>)${report}\n`,
  );
  expect(message).toBe(
    "http://127.0.0.1:8000/talk.mp4 is not there (the server says 404 or 410); check the address — yt-dlp: [generic] None: Unable to download webpage: HTTP Error 404: Not Found",
  );
});

test("a password never reaches a message, wherever yt-dlp puts it", () => {
  expect(failed(`ERROR: ${address} broke`).message).not.toContain("s3cret");
  expect(failed("", null).message).not.toContain("s3cret");
  expect(describeMissingFile(address).message).not.toContain("s3cret");
});
