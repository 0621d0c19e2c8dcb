import type { ReceivedEvent } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { EventTail } from "../events/event-tail.ts";
import { followTail } from "../events/follow-tail.ts";
import type { Paint } from "../output/paint.ts";
import { plainText } from "../output/plain-text.ts";

export interface EventsTailFlags extends ConnectionFlags {
  readonly name?: string;
  readonly limit: number;
  readonly follow?: boolean;
  readonly internal?: boolean;
}

export const eventsTail = createAction<EventsTailFlags>(
  "events tail",
  async ({ io, context }, flags) => {
    const { api, updates } = connect(context, flags);
    const filter = {
      ...(flags.name === undefined ? {} : { name: flags.name }),
      ...(flags.internal ? { includeInternal: true } : {}),
    };
    const query = { ...filter, limit: Math.min(flags.limit, 100) };
    const newest = await Array.fromAsync(api.eachEvent(query, flags.limit));
    const past = newest.toReversed();
    if (!flags.follow) {
      return {
        result: { events: past },
        text: past.map((event) => renderEvent(event, io.paint)).join("\n") || "No events.",
        nextActions: [{ command: "igs events tail -f", description: "Those to come, too" }],
      };
    }
    let toldCount = 0;
    const tell = (event: ReceivedEvent) => {
      toldCount += 1;
      io.emit({ type: "event", ...event }, renderEvent(event, io.paint));
    };
    const [last] = newest;
    const tail = new EventTail(last ? Date.parse(last.receivedAt) : systemClock.nowMs());
    tail.skip(newest);
    past.forEach(tell);
    await followTail({
      ...{ api, updates, tail, filter, clock: systemClock, signal: context.listenForStop() },
      onEvent: tell,
      onLost: (message) => io.emit({ type: "engine-lost", message }, `${message} Waiting for it.`),
      onBack: () => io.emit({ type: "engine-back" }, "The engine answers again."),
    });
    return { result: { toldCount }, text: "" };
  },
);

/** One line: local time, name, ids and data. */
export function renderEvent(event: ReceivedEvent, paint: Paint): string {
  const at = new Date(event.receivedAt).toLocaleTimeString("sv-SE");
  const data = plainText(JSON.stringify(event.data));
  return `${paint.faint(at)}  ${paint.strong(plainText(event.name))}  ${paint.faint(event.internalId)}  ${data}`;
}
