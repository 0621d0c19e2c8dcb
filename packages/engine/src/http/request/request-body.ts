import { EngineError } from "../../core/errors.ts";
import { parseJson } from "../../protocol/json.ts";
import { isRecord } from "../../protocol/record.ts";

const MEBIBYTE = 1024 * 1024;

/**
 * The largest bodies that are read, in bytes. A send may hold many events; a checkpoint may hold several
 * steps of 4 MB.
 */
export const EVENTS_BODY_BYTES_MAX = 10 * MEBIBYTE;
export const CHECKPOINT_BODY_BYTES_MAX = 32 * MEBIBYTE;
export const SYNC_BODY_BYTES_MAX = 4 * MEBIBYTE;
export const COMMAND_BODY_BYTES_MAX = 4 * MEBIBYTE;
/** A run holds 1 MB of metadata. */
export const METADATA_BODY_BYTES_MAX = MEBIBYTE;
export const QUERY_BODY_BYTES_MAX = 64 * 1024;

/** The longest that a client may take to send a body: 32 MB in a minute are half a megabyte a second. */
const BODY_MS_MAX = 60_000;

/**
 * Reads a body whole. Rejects with TOO_LARGE before it has taken in more than `bytesMax`, with BODY_LATE
 * for a client that takes its time, and with BODY_BROKEN when the connection ends first.
 */
export async function readText(
  request: Request,
  bytesMax: number,
  timeoutMs = BODY_MS_MAX,
): Promise<string> {
  const declaredBytes = request.headers.get("content-length");
  if (declaredBytes !== null && Number(declaredBytes) > bytesMax) throw tooLarge(bytesMax);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(bodyLate(timeoutMs)), timeoutMs);
  try {
    // To touch `body` costs a stream, which a body of a known length does without.
    const text = declaredBytes === null ? readStream(request.body, bytesMax) : request.text();
    return await Promise.race([text, late]);
  } catch (error) {
    throw error instanceof EngineError ? error : bodyBroken(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a JSON body. Rejects with INPUT_INVALID for anything else. */
export async function readJson(request: Request, bytesMax: number): Promise<unknown> {
  return parseBody(await readText(request, bytesMax));
}

/** Reads a body that is a JSON object, or nothing at all, which counts as an empty one. */
export async function readObject(
  request: Request,
  bytesMax: number,
): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(request, bytesMax);
  if (text.trim() === "") return {};
  const value = parseBody(text);
  if (isRecord(value)) return value;
  throw new EngineError("INPUT_INVALID", "The body is no JSON object.");
}

function parseBody(text: string): unknown {
  const reading = parseJson(text);
  if (reading.ok) return reading.value;
  throw new EngineError("INPUT_INVALID", `The body is ${reading.problem}.`);
}

async function readStream(
  body: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function bodyLate(timeoutMs: number): EngineError {
  return new EngineError(
    "BODY_LATE",
    `The body did not come within ${timeoutMs / 1_000} seconds. Send it again, or less at once.`,
  );
}

function bodyBroken(cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError("BODY_BROKEN", `The body could not be read: ${reason}`, { cause });
}

function tooLarge(bytesMax: number): EngineError {
  return new EngineError(
    "TOO_LARGE",
    `The body is larger than ${bytesMax} bytes. Send less at once.`,
  );
}
