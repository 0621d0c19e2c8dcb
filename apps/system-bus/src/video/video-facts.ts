// What is known of a video once yt-dlp has been there: its metadata file, and the media file itself.

import { z } from "zod";
import type { MediaFacts } from "../adapters/ffmpeg.ts";
import { oneLine } from "../notes/plain-text.ts";
import { withoutCredentials } from "./video-address.ts";

const text = z.string().nullish().catch(null);
const captionTracks = z.record(z.string(), z.unknown()).nullish().catch(null);

/** The fields of yt-dlp's `.info.json` that matter here. A field of another shape counts as unknown. */
export const MetadataSchema = z.object({
  id: z.coerce.string(),
  extractor: z.string().catch("generic"),
  title: text,
  webpage_url: text,
  channel: text,
  uploader: text,
  creator: text,
  upload_date: text,
  release_date: text,
  duration: z.number().nonnegative().nullish().catch(null),
  language: text,
  direct: z.boolean().nullish().catch(null),
  playlist_count: z.number().nullish().catch(null),
  automatic_captions: captionTracks,
});

export type Metadata = z.infer<typeof MetadataSchema>;

export interface VideoFacts {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly channel?: string;
  readonly published?: string;
  readonly durationSeconds?: number;
}

export interface VideoFactsInput {
  readonly metadata: Metadata;
  readonly probe: MediaFacts;
  /** SHA-256 of the media file, hex. */
  readonly mediaHash: string;
  /** The address that was asked for, fit to be shown. */
  readonly address: string;
  /** The sender's own title. */
  readonly title: string | undefined;
}

export function describeVideo({
  metadata,
  probe,
  mediaHash,
  address,
  title,
}: VideoFactsInput): VideoFacts {
  const channel = firstText(
    [metadata.channel, metadata.uploader, metadata.creator, probe.artist],
    500,
  );
  const published = readDay(metadata.upload_date) ?? readDay(metadata.release_date);
  const durationSeconds = metadata.duration || probe.durationSeconds;
  const id = identityOf(metadata, mediaHash);
  return {
    id,
    title: firstText([title, titleOf(metadata, probe)], 1_000) ?? id,
    url: pageAddress(metadata.webpage_url) ?? address,
    ...(channel === null ? {} : { channel }),
    ...(published === null ? {} : { published }),
    ...(durationSeconds ? { durationSeconds: Math.round(durationSeconds * 1000) / 1000 } : {}),
  };
}

/** These extractors take the id from the address: every site has a `video.mp4`. */
const EXTRACTORS_WITHOUT_OWN_IDS = new Set(["generic", "html5"]);

/**
 * `extractor:id`. Where the id is only a file's name, the content decides: the same file from another
 * address is the same video, and another `talk.mp4` is another one.
 */
export function identityOf(
  { extractor, id }: Pick<Metadata, "extractor" | "id">,
  mediaHash: string,
): string {
  const name = extractor.replace(/[^\w.+:-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "") || "generic";
  const own = oneLine(id).slice(0, 200) || "video";
  return EXTRACTORS_WITHOUT_OWN_IDS.has(name)
    ? `${name}:${own}-${mediaHash.slice(0, 12)}`
    : `${name}:${own}`;
}

function titleOf({ extractor, title, direct }: Metadata, probe: MediaFacts): string | null {
  // A bare file is titled after its name; what its maker wrote into it is better.
  if (extractor === "generic" && direct && probe.title) return probe.title;
  // yt-dlp counts the videos of a page, also when there is one.
  return (extractor === "html5" ? title?.replace(/ \(1\)$/, "") : title) ?? probe.title;
}

function firstText(
  candidates: readonly (string | null | undefined)[],
  lengthMax: number,
): string | null {
  for (const candidate of candidates) {
    const line = oneLine(candidate ?? "")
      .slice(0, lengthMax)
      .trim();
    if (line !== "") return line;
  }
  return null;
}

function readDay(compact: string | null | undefined): string | null {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(compact ?? "") ?? [];
  const iso = `${year}-${month}-${day}`;
  return year !== undefined && z.iso.date().safeParse(iso).success ? iso : null;
}

function pageAddress(url: string | null | undefined): string | null {
  if (!url || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  const { href } = new URL(withoutCredentials(url));
  return href.length <= 4_096 ? href : null;
}

const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/;

/** A language tag that events take; null for what sites use as one and is none. */
export function readLanguage(tag: string | null | undefined): string | null {
  const plain = (tag ?? "").replace(/_/g, "-").replace(/-orig$/, "");
  return LANGUAGE.test(plain) && plain.toLowerCase() !== "und" ? plain : null;
}

/**
 * Which of a site's automatic captions were made from the sound. The others, often a hundred, are
 * machine translations of it. Null when that can't be told.
 */
export function pickAutomaticCaptions(metadata: Metadata): string | null {
  const languages = Object.keys(metadata.automatic_captions ?? {}).filter(
    (language) => language !== "live_chat",
  );
  const spoken = readLanguage(metadata.language);
  return (
    languages.find((language) => language.endsWith("-orig")) ??
    languages.find((language) => language === spoken) ??
    (languages.length === 1 ? (languages[0] ?? null) : null)
  );
}
