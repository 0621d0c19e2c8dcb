import { createHash } from "node:crypto";
import { WorkerError } from "../worker-error.ts";

export interface VideoAddress {
  /** What yt-dlp gets; may hold a user name and password. */
  readonly full: string;
  /** What logs, notes and events may show. */
  readonly shown: string;
  readonly hasCredentials: boolean;
  /**
   * Names the folder of the download. It depends on the address alone, so that a download that was
   * cut short goes on where it stopped, in the same run or another.
   */
  readonly folderName: string;
}

/** The door of the pipeline. Events were checked when they were sent, but not every sender is ours. */
export function readVideoAddress(text: string): VideoAddress {
  const refuse = (why: string) =>
    new WorkerError(
      "ADDRESS_INVALID",
      `"${withoutCredentials(text).slice(0, 200)}" ${why}; send an http or https address`,
    );
  if (text.startsWith("-")) throw refuse("would be read as an option, not as an address");
  if (!URL.canParse(text)) throw refuse("is no address");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw refuse(`begins with ${url.protocol}, which is not fetched`);
  }
  // A browser's mark for a place in the page; the video is the same.
  url.hash = "";
  return {
    full: url.href,
    shown: withoutCredentials(url.href),
    hasCredentials: url.username !== "" || url.password !== "",
    folderName: createHash("sha256").update(url.href).digest("hex").slice(0, 20),
  };
}

/** Hides `user:password@` in any text, such as the output of a program. */
export function withoutCredentials(text: string): string {
  return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*(?::[^\s/?#@]*)?@/gi, "$1");
}
