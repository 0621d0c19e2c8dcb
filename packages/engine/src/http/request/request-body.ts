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

/** Reads a body whole. Rejects with TOO_LARGE before it has taken in more than `bytesMax`. */
export async function readText(request: Request, bytesMax: number): Promise<string> {
  const declaredBytes = request.headers.get("content-length");
  if (declaredBytes !== null) {
    if (Number(declaredBytes) > bytesMax) throw tooLarge(bytesMax);
    const text = await request.text();
    if (text.length > bytesMax) throw tooLarge(bytesMax);
    return text;
  }
  return request.body === null ? "" : readStream(request.body, bytesMax);
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

async function readStream(body: ReadableStream<Uint8Array>, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function tooLarge(bytesMax: number): EngineError {
  return new EngineError(
    "TOO_LARGE",
    `The body is larger than ${bytesMax} bytes. Send less at once.`,
  );
}
