// Who is told of failures, alerts and completions, and how. Read by the worker, anew for each message.

import { z } from "zod";

export const notifyKinds = ["failures", "alerts", "videos", "loops"] as const;
export type NotifyKind = (typeof notifyKinds)[number];

/** json: all fields. slack: `{"text": …}`, which Slack, Mattermost and others read. text: the words alone. */
export const webhookFormats = ["json", "slack", "text"] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

export interface NotifySettings {
  readonly kinds: readonly NotifyKind[];
  readonly webhook: WebhookSettings | undefined;
  readonly ntfy: NtfySettings | undefined;
  readonly isDesktop: boolean;
  /** A program and its arguments; never a shell line. */
  readonly command: readonly string[] | undefined;
  readonly redis: RedisSettings | undefined;
}

export interface WebhookSettings {
  readonly url: string;
  readonly format: WebhookFormat;
  /** Signs each request; undefined: none is signed. */
  readonly secret: string | undefined;
}

export interface NtfySettings {
  /** With the topic as the last part of its path. */
  readonly url: string;
  readonly token: string | undefined;
  /** Of what is urgent, from 1 to 5; everything else has ntfy's default. */
  readonly urgentPriority: number;
}

export interface RedisSettings {
  readonly url: string;
  readonly channel: string;
}

/** Reads NOTIFY_ON: names with commas between, none twice. */
export const notifyKindList = z.string().transform((value, context): readonly NotifyKind[] => {
  const words = value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const unknown = words.filter((word) => !notifyKinds.some((kind) => kind === word));
  if (unknown.length === 0 && words.length > 0) {
    return notifyKinds.filter((kind) => words.includes(kind));
  }
  context.addIssue({
    code: "custom",
    message: `must be some of ${notifyKinds.join(",")}${unknown.length === 0 ? "" : `, not ${unknown.join(", ")}`}`,
  });
  return z.NEVER;
});

/**
 * An address that messages are posted to. Unlike `httpAddress` it may have a query: hooks carry their
 * key there. It is a secret as a whole, so no message shows it.
 */
export const hookAddress = z.string().transform((value, context): string => {
  const problem = findAddressProblem(value);
  if (problem === null) return new URL(value).href;
  context.addIssue({ code: "custom", message: problem });
  return z.NEVER;
});

/** A hook whose last part names the topic, such as https://ntfy.sh/my-topic. */
export const topicAddress = hookAddress.refine(
  (value) => {
    const { pathname, search } = new URL(value);
    return /[^/]$/.test(pathname) && search === "";
  },
  { message: "must end with the topic, such as https://ntfy.sh/my-topic" },
);

function findAddressProblem(value: string): string | null {
  if (!/^https?:\/\/[^/]/i.test(value) || !URL.canParse(value)) {
    return "must be an http or https address";
  }
  const { username, password } = new URL(value);
  if (username !== "" || password !== "") return "must not hold a user or password";
  return null;
}

const WORDS_MAX = 64;

/** Reads NOTIFY_COMMAND: a JSON array of the program and its arguments. */
export const commandWords = z.string().transform((value, context): readonly string[] => {
  const parsed = CommandSchema.safeParse(parseJson(value));
  if (parsed.success) return parsed.data;
  context.addIssue({
    code: "custom",
    message: 'must be a JSON array of a program and its arguments, such as ["/usr/local/bin/tell"]',
  });
  return z.NEVER;
});

const CommandSchema = z
  .array(z.string().regex(/^[^\0]{0,4096}$/))
  .min(1)
  .max(WORDS_MAX)
  .refine(([program = ""]) => program !== "" && !program.startsWith("-"));

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Reads NOTIFY_NTFY_PRIORITY. */
export const ntfyPriority = z
  .string()
  .regex(/^[1-5]$/, "must be a whole number from 1 to 5, as ntfy has them")
  .transform(Number);

/** Reads NOTIFY_REDIS_URL. */
export const redisAddress = z
  .string()
  .refine(
    (value) => /^rediss?:\/\/[^/]/i.test(value) && URL.canParse(value),
    "must be a Redis address, such as redis://127.0.0.1:6379",
  );
