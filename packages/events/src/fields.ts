// Fields that several events share.
//
//   F1. No transform and no default: SDK v4 validates event data and hands it on as it came, so a
//       schema's input is its output. Defaults live in the functions.
//   F2. Nothing here is a path. Large things travel as claim handles, notes as slugs, videos by
//       identity; whoever receives one resolves it under a folder of its own.
//   F3. Every text and every list has a bound, so that one event stays far below the 512 KB that an
//       Inngest server accepts.

import { z } from "zod";

const URL_LENGTH_MAX = 4_096;

/**
 * An address that may be fetched: http or https, nothing else. Home servers are sources, so private
 * addresses pass. A leading `-` would be read as an option by the programs that get it, and a space
 * or control character would break the log line that shows it.
 */
export const httpUrl = z
  .string()
  .min(1, "must not be empty")
  .max(URL_LENGTH_MAX)
  .superRefine((url, context) => {
    const problem = findUrlProblem(url);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  })
  .meta({ format: "uri", pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s\\u0000-\\u001f]+$" });

function findUrlProblem(url: string): string | null {
  if (url.startsWith("-")) return "must not start with “-”: give an http or https address";
  if (/[\s\p{Cc}]/u.test(url)) return "must not contain spaces or control characters: encode them";
  if (!URL.canParse(url)) return "is not an address: give one such as https://example.org/talk.mp4";
  const { protocol } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") {
    return `only http and https addresses are fetched, not ${protocol}`;
  }
  // The URL parser forgives `http:example.org` and `http:\\example.org`; the programs do not.
  if (!/^https?:\/\/[^/\\]/i.test(url)) return "must begin with http:// or https:// and a host";
  return null;
}

/** A line of text for people: not blank, no line break. */
export function line(lengthMax: number) {
  return z
    .string()
    .max(lengthMax)
    .regex(/\S/, "must not be blank")
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, "must be one line without control characters");
}

/** Text for people, over as many lines as it needs. */
export function text(lengthMax: number) {
  return z.string().max(lengthMax).regex(/\S/, "must not be blank");
}

/** A run of the engine: a ULID, though no part of the bus takes it apart. */
export const runId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be a run id: letters, digits, “-” and “_”, at most 64");

/** `extractor:id` as yt-dlp names them, such as `youtube:dQw4w9WgXcQ`. The note's identity. */
export const videoId = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9][\w.+-]*:[^\p{Cc}]+$/u, "must be extractor:id, such as youtube:dQw4w9WgXcQ");

/** Bytes that lie under the claims folder, named by run, name and SHA-256; never a path. */
export const claimHandle = z
  .string()
  .regex(
    /^claim:[A-Za-z0-9_-]{1,64}\/[A-Za-z0-9][A-Za-z0-9._-]{0,127}#[0-9a-f]{64}$/,
    "must be a claim handle: claim:<runId>/<name>#<sha256>",
  );

/** A note's file name without folder and `.md`. Letters of every script, so no title is lost. */
export const noteSlug = z
  .string()
  .max(200)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u,
    "must be a note's slug: letters, digits, “.”, “-” and “_”, starting with a letter or digit",
  );

/** A calendar day, such as 2026-08-31. */
const day = z.iso.date("must be a day: YYYY-MM-DD");

/** A spoken language as a BCP 47 tag, such as `en` or `pt-BR`. */
export const language = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, "must be a language tag, such as en or pt-BR");

/** An Obsidian tag without its `#`. */
export const tag = z
  .string()
  .max(100)
  .regex(/^[\p{L}\p{N}_/-]+$/u, "must be a tag: letters, digits, “_”, “-” and “/”, no “#”");

export const tags = z.array(tag).max(50);

/** Where a transcript came from. The worker's types hold this list and the settings' together. */
export const transcriptSource = z.enum([
  "mlx-whisper",
  "captions",
  "whisper-cpp",
  "faster-whisper",
  "auto-captions",
  "pocketsphinx",
]);

/** Who wrote a summary. */
export const summarySource = z.enum(["pi", "codex", "claude", "model", "extractive"]);

/** What is known of a video once its source was asked. */
export const video = z
  .object({
    id: videoId.describe("Identity: extractor and id, as yt-dlp names them"),
    title: line(1_000).describe("Title as the source gives it, or as the sender chose it"),
    url: httpUrl.describe("The page a person would open"),
    channel: line(500).optional().describe("Channel, uploader or site"),
    published: day.optional().describe("Day of publication at the source"),
    durationSeconds: z.number().nonnegative().optional().describe("Length in seconds"),
  })
  .describe("The video, as its source describes it");

/** Where the archived copy lies, for people to read (`nas_path` in the note). Never opened. */
export const archivedTo = line(4_096);
