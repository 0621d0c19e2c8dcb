// Which source the transcript comes from. Pure: what this machine and this video have is passed in.

import type { TranscriptSource } from "@system-bus/settings";
import { primaryLanguage } from "../adapters/transcriber.ts";
import type { Caption } from "./download-video.ts";

/** What can be tried, best first. */
export type Candidate =
  | {
      readonly kind: "captions";
      readonly source: TranscriptSource;
      readonly file: string;
      readonly language: string;
    }
  | {
      readonly kind: "program";
      readonly source: TranscriptSource;
      readonly command: string;
      readonly model: string;
    };

export interface PassedOver {
  readonly source: TranscriptSource;
  readonly reason: string;
}

export interface TranscriptPlan {
  readonly candidates: readonly Candidate[];
  readonly passedOver: readonly PassedOver[];
}

export type Availability =
  | { readonly kind: "ready"; readonly command: string; readonly model: string }
  | { readonly kind: "absent"; readonly reason: string };

export interface TranscriptPlanInput {
  readonly order: readonly TranscriptSource[];
  readonly captions: readonly Caption[];
  readonly spoken: string | undefined;
  readonly availability: (source: TranscriptSource) => Availability;
}

/**
 * Sources whose text can't be trusted. They are taken when nothing better is there, never because
 * something better failed: a draft in the place of a transcript would stay.
 */
export const DRAFT_SOURCES: readonly string[] = ["pocketsphinx"];

export function planTranscript(input: TranscriptPlanInput): TranscriptPlan {
  const candidates: Candidate[] = [];
  const passedOver: PassedOver[] = [];
  for (const source of input.order) {
    const found = considerSource(source, input);
    if ("reason" in found) passedOver.push(found);
    else if (candidates.length > 0 && DRAFT_SOURCES.includes(source)) {
      passedOver.push({ source, reason: "only makes drafts, and there is a better source" });
    } else candidates.push(found);
  }
  return { candidates, passedOver };
}

function considerSource(
  source: TranscriptSource,
  { captions, spoken, availability }: TranscriptPlanInput,
): Candidate | PassedOver {
  if (source === "captions" || source === "auto-captions") {
    const isAutomatic = source === "auto-captions";
    const fitting = captions.filter((caption) => caption.isAutomatic === isAutomatic);
    const caption = pickCaption(fitting, spoken);
    if (caption === null) return { source, reason: "the video came with none" };
    return { kind: "captions", source, file: caption.file, language: caption.language };
  }
  const found = availability(source);
  if (found.kind === "absent") return { source, reason: found.reason };
  return { kind: "program", source, command: found.command, model: found.model };
}

/** The spoken language first, then English, then whatever came first: a translation beats nothing. */
function pickCaption(captions: readonly Caption[], spoken: string | undefined): Caption | null {
  const wanted = primaryLanguage(spoken);
  const inLanguage = (language: string | undefined) =>
    captions.find((caption) => primaryLanguage(caption.language) === language);
  const exact = captions.find((caption) => caption.language === spoken);
  return (
    exact ??
    (wanted === undefined ? undefined : inLanguage(wanted)) ??
    inLanguage("en") ??
    captions[0] ??
    null
  );
}

/** Said when no source is left: what stood in the way of each, and the quickest cure. */
export function describeNoTranscript(title: string, problems: readonly PassedOver[]): string {
  const reasons = problems.map(({ source, reason }) => `${source}: ${reason}`).join("; ");
  return `"${title}" could not be transcribed. ${reasons || "TRANSCRIPT_ORDER names no source"}. Mend one of these, then send the video again`;
}
