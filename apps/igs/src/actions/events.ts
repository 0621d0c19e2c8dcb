import type { ReceivedEvent } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { formatAge } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { renderTable } from "../output/table.ts";

export interface EventsFlags extends ConnectionFlags {
  readonly name?: string;
  readonly limit: number;
}

export const events = createAction<EventsFlags>("events", async ({ io, context }, flags) => {
  const { api } = connect(context, flags);
  const query = { limit: Math.min(flags.limit, 100), ...(flags.name ? { name: flags.name } : {}) };
  const found = await Array.fromAsync(api.eachEvent(query, flags.limit));
  return {
    result: { events: found },
    text: found.length === 0 ? "No events." : renderEvents(found, io, Date.now()),
    nextActions: [{ command: "igs runs", description: "The runs that events started" }],
  };
});

export function renderEvents(
  found: readonly ReceivedEvent[],
  io: Pick<Io, "paint" | "columnsMax">,
  nowMs: number,
): string {
  const rows = found.map((event) => [
    event.internalId,
    event.name,
    formatAge(Date.parse(event.receivedAt), nowMs),
    JSON.stringify(event.data),
  ]);
  const header = ["EVENT", "NAME", "RECEIVED", "DATA"];
  return renderTable(header, rows, { columnsMax: io.columnsMax, styleHeader: io.paint.faint });
}
