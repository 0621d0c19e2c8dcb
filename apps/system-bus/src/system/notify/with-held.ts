import { type Gathered, OVERFLOW, type Verdict } from "./decide-delivery.ts";
import type { Message } from "./message.ts";

export interface Counted {
  readonly message: Message;
  /** How many it stands for. */
  readonly count: number;
}

/** The message as it is told, together with what was held before or meanwhile. Pure. */
export function withHeld(message: Message, verdict: Verdict, held: Gathered): Counted {
  if (verdict.kind !== "wait") {
    if (held.count === 0) return { message, count: 1 };
    const text = `${message.text}\n(${times(held.count)} before, which was not told)`.trim();
    return { message: { ...message, text }, count: held.count + 1 };
  }
  if (verdict.topic === OVERFLOW && held.count > 1)
    return { message: digest(message, held), count: held.count };
  const title =
    verdict.topic === OVERFLOW ? message.title : `${times(held.count)} more: ${message.title}`;
  return { message: { ...message, title }, count: held.count };
}

function digest(message: Message, { count, titles }: Gathered): Message {
  const rest = count > titles.length ? [`and ${count - titles.length} more: \`slog tail\``] : [];
  return {
    ...message,
    kind: null,
    title: `${count} messages were held back: too many in one hour`,
    text: [...titles, ...rest].join("\n"),
    runId: null,
  };
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
