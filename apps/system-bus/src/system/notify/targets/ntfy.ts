// ntfy (https://docs.ntfy.sh/publish/#publish-as-json): posted as JSON to the server, with the topic in it,
// because headers can't carry every script.

import type { NtfySettings } from "@system-bus/settings";
import { post } from "./post.ts";
import type { Notice, Target } from "./target.ts";

const USUAL_PRIORITY = 3;
/** ntfy makes an attachment of what is longer. */
const MESSAGE_BYTES_MAX = 4_000;

const TAGS = {
  failures: "warning",
  alerts: "rotating_light",
  videos: "movie_camera",
  loops: "repeat",
  message: "speech_balloon",
  test: "white_check_mark",
} as const satisfies Record<Notice["kind"], string>;

export function createNtfy(settings: NtfySettings, deps: { readonly fetch: typeof fetch }): Target {
  const { server, topic } = splitTopic(settings.url);
  return {
    name: "ntfy",
    send({ title, text, isUrgent, kind }) {
      const body = JSON.stringify({
        topic,
        title,
        message: cutBytes(text === "" ? title : text, MESSAGE_BYTES_MAX),
        priority: isUrgent ? settings.urgentPriority : USUAL_PRIORITY,
        tags: [kind === "alerts" && !isUrgent ? "white_check_mark" : TAGS[kind]],
      });
      const headers = {
        "content-type": "application/json",
        ...(settings.token === undefined ? {} : { authorization: `Bearer ${settings.token}` }),
      };
      const place = { what: "ntfy", setting: "NOTIFY_NTFY_URL and NOTIFY_NTFY_TOKEN", url: server };
      return post({ ...place, headers, body, ...deps });
    },
  };
}

function splitTopic(url: string): { readonly server: string; readonly topic: string } {
  const end = url.lastIndexOf("/");
  return { server: url.slice(0, end + 1), topic: decodeURIComponent(url.slice(end + 1)) };
}

/** No character is cut in two. */
function cutBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  return `${bytes
    .subarray(0, bytesMax)
    .toString()
    .replace(/\uFFFD+$/, "")}…`;
}
