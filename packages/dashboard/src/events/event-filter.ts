import type { EventQuery } from "@system-bus/inngest-api";

/** Which events a list shows. It lives in the page's address. */
export interface EventFilter {
  /** Empty: any. */
  readonly name: string;
  readonly after: string | undefined;
}

const PAGE_SIZE = 40;

export function readEventFilter(search: string): EventFilter {
  const parameters = new URLSearchParams(search);
  return {
    name: parameters.get("name")?.trim() ?? "",
    after: parameters.get("after") || undefined,
  };
}

/** What `readEventFilter` reads back; empty for all events. */
export function writeEventFilter(filter: EventFilter): string {
  const parameters = new URLSearchParams();
  if (filter.name !== "") parameters.set("name", filter.name);
  if (filter.after) parameters.set("after", filter.after);
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

export function eventQueryOf(filter: EventFilter): EventQuery {
  return {
    limit: PAGE_SIZE,
    ...(filter.name === "" ? {} : { name: filter.name }),
    ...(filter.after ? { cursor: filter.after } : {}),
  };
}
