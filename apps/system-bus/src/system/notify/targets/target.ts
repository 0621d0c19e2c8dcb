/** A message on its way, as programs get it. Its fields are a contract: docs/notifications.md. */
export interface Notice {
  /** One message has one id, however often it is tried: receivers can tell a repeat by it. */
  readonly id: string;
  readonly kind: "failures" | "alerts" | "videos" | "loops" | "message" | "test";
  readonly title: string;
  readonly text: string;
  readonly isUrgent: boolean;
  /** How many of the same kind it stands for. */
  readonly count: number;
  readonly at: string;
  /** The machine that tells. */
  readonly host: string;
  readonly eventName: string;
  readonly eventId: string;
  readonly runId: string | null;
}

export const targetNames = ["webhook", "ntfy", "desktop", "command", "redis"] as const;
export type TargetName = (typeof targetNames)[number];

/** A way to a person. */
export interface Target {
  readonly name: TargetName;
  /** Returns what came of it, in words. Throws a WorkerError that says whether another try may help. */
  send(notice: Notice): Promise<string>;
}

/** For targets that take one text. */
export function plainText({ title, text }: Pick<Notice, "title" | "text">): string {
  return text === "" ? title : `${title}\n${text}`;
}
