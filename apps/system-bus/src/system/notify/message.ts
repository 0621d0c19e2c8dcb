// What a person is told of an event: a title, some text, whether it is urgent. Pure.

import type { BusEvent, EventName } from "@system-bus/events";
import { BUS_APP_ID } from "@system-bus/events";
import type { NotifyKind } from "@system-bus/settings";
import { z } from "zod";
import { oneLine } from "../../notes/plain-text.ts";
import { withoutCredentials } from "../../video/video-address.ts";
import { selfTellingChecks } from "../alerts/self-telling.ts";

export interface Message {
  /** Null: whoever asks for it wants it told, whatever NOTIFY_ON says. */
  readonly kind: NotifyKind | null;
  /** What counts as the same thing: within a window it is told once, with a count. */
  readonly topic: string;
  /** The same thing that goes on for hours is told less and less often. */
  readonly mayGrowRare: boolean;
  readonly title: string;
  readonly text: string;
  readonly isUrgent: boolean;
  readonly isTest: boolean;
  /** Where there is one to look at. */
  readonly runId: string | null;
}

export const FAILED_EVENT = "inngest/function.failed";

/** The events of the bus that are told; beside them the engine's own `inngest/function.failed`. */
export const toldEventNames = [
  "system/alert",
  "system/notify",
  "content/summarized",
  "agent/loop.retro.complete",
  "agent/loop.paused",
] as const satisfies readonly EventName[];

type ToldEvent = BusEvent<(typeof toldEventNames)[number]>;

const TITLE_MAX = 300;
const TEXT_MAX = 4_000;

/** Null for what nobody needs to be told. */
export function messageFor(event: {
  readonly name: string;
  readonly data: unknown;
}): Message | null {
  if (event.name === FAILED_EVENT) return failureMessage(event.data);
  // The triggers name exactly these events, and the SDK has checked the data against their schemas.
  return toldMessage(event as ToldEvent);
}

/** As the engine sends it, as far as it is read. */
const FailedRun = z.object({
  run_id: z.string(),
  function_id: z.string(),
  error: z.object({ message: z.string().optional() }).nullish(),
  event: z.object({ name: z.string().optional(), data: z.unknown() }).nullish(),
});

const Subject = z.object({
  title: z.string().optional(),
  url: z.string().optional(),
  noteSlug: z.string().optional(),
  loopId: z.string().optional(),
});

function failureMessage(data: unknown): Message | null {
  const parsed = FailedRun.safeParse(data);
  if (!parsed.success) return null;
  const { run_id: runId, function_id: slug, error, event } = parsed.data;
  const functionId = slug.startsWith(`${BUS_APP_ID}-`) ? slug.slice(BUS_APP_ID.length + 1) : slug;
  const isOurs = functionId !== slug;
  if (isOurs && (functionId === "notify" || selfTellingChecks.includes(functionId))) return null;
  const { title, url, noteSlug, loopId } = Subject.safeParse(event?.data).data ?? {};
  const subject = title ?? url ?? noteSlug ?? loopId;
  const words = error?.message ?? "no message";
  return message({
    kind: "failures",
    topic: `failure/${slug}/${fingerprint(words)}`,
    mayGrowRare: true,
    title: `${functionId} has failed${subject === undefined ? "" : `: ${subject}`}`,
    text: `${words}\nigs run ${runId}`,
    isUrgent: true,
    runId,
  });
}

function toldMessage(event: ToldEvent): Message {
  switch (event.name) {
    case "system/alert": {
      const { alert, state, title, detail } = event.data;
      const topic = `alert/${alert}/${state}`;
      const isUrgent = state === "raised";
      return message({ kind: "alerts", topic, title, text: detail ?? "", isUrgent });
    }
    case "system/notify": {
      const { title, text, isUrgent = false, isTest = false } = event.data;
      const topic = `message/${title}`;
      return { ...message({ kind: null, topic, title, text: text ?? "", isUrgent }), isTest };
    }
    case "content/summarized": {
      const { title, noteSlug, summarizedBy } = event.data;
      const text = `The note ${noteSlug} is in the vault, with a summary by ${summarizedBy}.`;
      const topic = `video/${noteSlug}`;
      return message({ kind: "videos", topic, title: `Video done: ${title}`, text });
    }
    case "agent/loop.retro.complete": {
      const { loopId, summary } = event.data;
      const topic = `loop/${loopId}/complete`;
      const text = `${summary}\nigs loop show ${loopId}`;
      return message({ kind: "loops", topic, title: `Loop over: ${loopId}`, text });
    }
    case "agent/loop.paused": {
      const { loopId, cause, reason, until } = event.data;
      const topic = `loop/${loopId}/${cause}`;
      const end = until === undefined ? "" : `\nIt goes on by itself at ${until}.`;
      const title = `Loop paused (${cause}): ${loopId}`;
      const isUrgent = until === undefined;
      return message({ kind: "loops", topic, title, text: `${reason}${end}`, isUrgent });
    }
  }
}

type Given = Pick<Message, "kind" | "topic" | "title" | "text"> & Partial<Message>;

function message({ title, text, ...given }: Given): Message {
  return {
    ...{ mayGrowRare: false, isUrgent: false, isTest: false, runId: null, ...given },
    title: oneLine(withoutCredentials(title)).slice(0, TITLE_MAX),
    text: withoutCredentials(text).trim().slice(0, TEXT_MAX),
  };
}

/** Two errors that differ in numbers, ids or addresses only are the same. */
function fingerprint(words: string): string {
  return words
    .replace(/https?:\/\/\S+/g, "…")
    .replace(/[0-9A-HJKMNP-TV-Z]{26}/g, "…")
    .replace(/\d+/g, "#")
    .slice(0, 200);
}
