import type { BusEvent } from "@system-bus/events";
import type { LogEntry } from "@system-bus/system-log";
import { durationText } from "../notes/clock-text.ts";

/**
 * The events that end as a line of the log. An Inngest function has at most ten triggers. A cancelled
 * loop is told by its retrospective.
 */
export const loggedEventNames = [
  "pipeline/video.downloaded",
  "pipeline/transcript.processed",
  "content/summarized",
  "pipeline/book.downloaded",
  "agent/loop.story.passed",
  "agent/loop.story.failed",
  "agent/loop.paused",
  "agent/loop.retro.complete",
  "system/log",
  "system/run.failed",
] as const;

export type LoggedEvent = BusEvent<(typeof loggedEventNames)[number]>;

/** What was done, with what, and what a person should know of it later. */
export function logEntryFor(event: LoggedEvent): Omit<LogEntry, "timestamp" | "eventId"> {
  switch (event.name) {
    case "pipeline/video.downloaded": {
      const { video, sizeBytes, archivedTo } = event.data;
      const facts = [by(video.channel), length(video.durationSeconds), megabytes(sizeBytes)];
      const place = archivedTo === undefined ? "" : `, archived to ${archivedTo}`;
      return entry("download", "yt-dlp", `${video.title}${phrase(facts)}${place} — ${video.url}`);
    }
    case "pipeline/transcript.processed": {
      const { video, noteSlug, source, wordCount, isDraft } = event.data;
      const facts = [`${wordCount} words`, isDraft ? "a draft" : null];
      return entry("transcribe", source, `${video.title}${phrase(facts)} — [[${noteSlug}]]`);
    }
    case "content/summarized": {
      const { title, noteSlug, summarizedBy, model, research } = event.data;
      const facts = [model ?? null, research ? counted(research.length, "page") : null];
      return entry("summarize", summarizedBy, `${title}${phrase(facts)} — [[${noteSlug}]]`);
    }
    case "pipeline/book.downloaded": {
      const { title, author, format, sizeBytes, archivedTo } = event.data;
      const facts = [
        by(author),
        format ?? null,
        sizeBytes === undefined ? null : megabytes(sizeBytes),
      ];
      const place = archivedTo === undefined ? "" : `, archived to ${archivedTo}`;
      return entry("download", "books", `${title}${phrase(facts)}${place}`);
    }
    case "agent/loop.story.passed":
    case "agent/loop.story.failed":
    case "agent/loop.paused":
    case "agent/loop.retro.complete":
      return loopEntryFor(event);
    case "system/log": {
      const { action, tool, detail, reason } = event.data;
      return { action, tool, detail, ...(reason === undefined ? {} : { reason }) };
    }
    case "system/run.failed": {
      const { functionId, runId, subject, error } = event.data;
      const about = subject === undefined || error.includes(subject) ? "" : `${subject}: `;
      const detail = `${about}${error} (run ${runId})`;
      return entry("fail", functionId.slice(0, 100), detail);
    }
  }
}

type LoggedLoopEvent = Extract<LoggedEvent, { name: `agent/loop.${string}` }>;

function loopEntryFor(event: LoggedLoopEvent): Omit<LogEntry, "timestamp" | "eventId"> {
  switch (event.name) {
    case "agent/loop.story.passed": {
      const { loopId, storyId, title, tool, attempt, commit } = event.data;
      const facts = [tool, attempt === 1 ? null : `attempt ${attempt}`, commit.slice(0, 10)];
      return entry("pass", "agent-loop", `${storyId} ${title}${phrase(facts)} — ${loopId}`);
    }
    case "agent/loop.story.failed": {
      const { loopId, storyId, title, tool, attempt, reason } = event.data;
      const facts = [tool, `attempt ${attempt}`];
      return {
        ...entry("fail", "agent-loop", `${storyId} ${title}${phrase(facts)} — ${loopId}`),
        reason,
      };
    }
    case "agent/loop.paused": {
      const { loopId, cause, reason, until } = event.data;
      const end = until === undefined ? "" : `, until ${until}`;
      return { ...entry("pause", "agent-loop", `${loopId}: ${cause}${end}`), reason };
    }
    case "agent/loop.retro.complete": {
      const { loopId, noteSlug, summary } = event.data;
      return entry("complete", "agent-loop", `${loopId}: ${summary} — [[${noteSlug}]]`);
    }
  }
}

function entry(action: string, tool: string, detail: string) {
  return { action, tool, detail };
}

function phrase(facts: readonly (string | null)[]): string {
  const known = facts.filter((fact) => fact !== null);
  return known.length === 0 ? "" : ` (${known.join(", ")})`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"} read`;
}

function by(name: string | undefined): string | null {
  return name === undefined ? null : `by ${name}`;
}

function length(seconds: number | undefined): string | null {
  return seconds === undefined ? null : durationText(seconds);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
