import { createHmac } from "node:crypto";
import type { WebhookSettings } from "@system-bus/settings";
import { post } from "./post.ts";
import { type Notice, plainText, type Target } from "./target.ts";

export interface WebhookDeps {
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
}

/** Posts to an address, in the form that its program reads, signed where there is a secret. */
export function createWebhook(settings: WebhookSettings, { fetch, nowMs }: WebhookDeps): Target {
  return {
    name: "webhook",
    send(notice) {
      const { type, body } = bodyOf(settings.format, notice);
      const seconds = String(Math.floor(nowMs() / 1_000));
      const headers = {
        "content-type": type,
        "user-agent": "system-bus",
        "webhook-id": notice.id,
        "webhook-timestamp": seconds,
        ...(settings.secret === undefined
          ? {}
          : { "webhook-signature": signature(settings.secret, `${notice.id}.${seconds}.${body}`) }),
      };
      const { url } = settings;
      return post({
        what: "the webhook",
        setting: "NOTIFY_WEBHOOK_URL",
        url,
        headers,
        body,
        fetch,
      });
    },
  };
}

function bodyOf(format: WebhookSettings["format"], notice: Notice): { type: string; body: string } {
  switch (format) {
    case "json":
      return { type: "application/json", body: JSON.stringify(notice) };
    case "slack":
      return { type: "application/json", body: JSON.stringify({ text: plainText(notice) }) };
    case "text":
      return { type: "text/plain; charset=utf-8", body: plainText(notice) };
  }
}

/** As https://www.standardwebhooks.com has it: a secret after `whsec_` is base64, any other is taken as it is. */
function signature(secret: string, signed: string): string {
  const key = secret.startsWith("whsec_")
    ? Buffer.from(secret.slice("whsec_".length), "base64")
    : Buffer.from(secret);
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}
