import type { EventMeta } from "inngest";
import type { z } from "zod";
import { bookDownloaded, bookEntries } from "./book-events.ts";
import type { CatalogueEntry } from "./catalogue-entry.ts";
import { contentEntries, contentSummarize, contentSummarized } from "./content-events.ts";
import {
  loopCancel,
  loopCancelled,
  loopComplete,
  loopEntries,
  loopImplement,
  loopJudge,
  loopPaused,
  loopPlan,
  loopRetro,
  loopRetroComplete,
  loopReview,
  loopStart,
  loopStoryFailed,
  loopStoryPassed,
  loopStoryRetried,
} from "./loop-events.ts";
import { programEntries, programFinished } from "./program-events.ts";
import {
  alert,
  functionsCheck,
  notice,
  runFailed,
  systemEntries,
  systemLog,
  systemVerify,
  triggersAudit,
} from "./system-events.ts";
import {
  transcriptProcess,
  transcriptProcessed,
  videoDownload,
  videoDownloaded,
  videoEntries,
} from "./video-events.ts";

/** Every event of the bus by name, as the SDK takes it: in `triggers`, `waitForEvent`, `create`. */
export const busEvents = {
  [videoDownload.name]: videoDownload,
  [videoDownloaded.name]: videoDownloaded,
  [transcriptProcess.name]: transcriptProcess,
  [transcriptProcessed.name]: transcriptProcessed,
  [contentSummarize.name]: contentSummarize,
  [contentSummarized.name]: contentSummarized,
  [bookDownloaded.name]: bookDownloaded,
  [loopStart.name]: loopStart,
  [loopPlan.name]: loopPlan,
  [loopImplement.name]: loopImplement,
  [loopReview.name]: loopReview,
  [loopJudge.name]: loopJudge,
  [loopStoryPassed.name]: loopStoryPassed,
  [loopStoryFailed.name]: loopStoryFailed,
  [loopStoryRetried.name]: loopStoryRetried,
  [loopComplete.name]: loopComplete,
  [loopRetro.name]: loopRetro,
  [loopRetroComplete.name]: loopRetroComplete,
  [loopCancel.name]: loopCancel,
  [loopCancelled.name]: loopCancelled,
  [loopPaused.name]: loopPaused,
  [systemLog.name]: systemLog,
  [runFailed.name]: runFailed,
  [triggersAudit.name]: triggersAudit,
  [functionsCheck.name]: functionsCheck,
  [alert.name]: alert,
  [notice.name]: notice,
  [systemVerify.name]: systemVerify,
  [programFinished.name]: programFinished,
} as const;

export type EventName = keyof typeof busEvents;

/** What `event.data` holds for an event of this name. */
export type EventFields<Name extends EventName> = z.input<(typeof busEvents)[Name]["schema"]>;

/** An event ready to be sent. Without a name given: any event of the bus. */
export type BusEvent<Name extends EventName = EventName> = {
  [N in Name]: {
    readonly name: N;
    readonly data: EventFields<N>;
    /** The engine takes one id once within 24 hours. */
    readonly id?: string;
    /** When it happened, in ms since 1970. In the future: when its runs may start. */
    readonly ts?: number;
    readonly meta?: EventMeta;
  };
}[Name];

export const catalogue: readonly CatalogueEntry<EventName>[] = [
  ...videoEntries,
  ...contentEntries,
  ...bookEntries,
  ...loopEntries,
  ...systemEntries,
  ...programEntries,
];

const entriesByName: ReadonlyMap<string, CatalogueEntry<EventName>> = new Map(
  catalogue.flatMap((entry) => [entry.name, ...entry.aliases].map((name) => [name, entry])),
);

/** Finds an event by its name or by an alias. */
export function findEvent(name: string): CatalogueEntry<EventName> | null {
  return entriesByName.get(name) ?? null;
}
