import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { NonRetriableError, RetryAfterError } from "inngest";

const DOWNLOAD_BYTES_MAX = 512 * 1024 * 1024;
const DOWNLOAD_MS_MAX = 10 * 60_000;
const LATER = [408, 425, 429];

/** Not the system's temporary folder: a reboot empties that while a run still waits. */
const dataFolder = process.env.DATA_FOLDER || "data";

/**
 * Downloads to a file named after the run, so that a repeated step replaces it, and nothing in an event is
 * ever used as a path. Returns the file's name in the data folder.
 */
export async function downloadFile(url: string, runId: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS_MAX) });
  if (!response.ok || response.body === null) throw refusal(url, response);
  const file = `${runId}.download`;
  const path = join(dataFolder, file);
  await mkdir(dataFolder, { recursive: true });
  await pipeline(readBounded(response.body, url), createWriteStream(`${path}.part`));
  // Under its own name it is whole, always.
  await rename(`${path}.part`, path);
  return file;
}

/** Your own work on the file goes here. */
export async function examineFile(file: string) {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let lineCount = 0;
  for await (const chunk of createReadStream(join(dataFolder, file))) {
    hash.update(chunk);
    sizeBytes += chunk.length;
    lineCount += chunk.toString("latin1").split("\n").length - 1;
  }
  return { sizeBytes, lineCount, sha256: hash.digest("hex") };
}

async function* readBounded(body: ReadableStream<Uint8Array>, url: string) {
  const reader = body.getReader();
  try {
    for (let sizeBytes = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      sizeBytes += value.length;
      if (sizeBytes > DOWNLOAD_BYTES_MAX) {
        throw new NonRetriableError(`${url} is larger than ${DOWNLOAD_BYTES_MAX} bytes`);
      }
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** Tried again: what may be better later. Not tried again: what will be the same. */
function refusal(url: string, { status, headers }: Response): Error {
  const message = `${url} answered ${status}`;
  if (status < 500 && !LATER.includes(status)) return new NonRetriableError(message);
  const waitSeconds = Number(headers.get("retry-after"));
  return waitSeconds > 0 ? new RetryAfterError(message, waitSeconds * 1_000) : new Error(message);
}
