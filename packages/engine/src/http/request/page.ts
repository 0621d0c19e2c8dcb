import { offsetCursor, readOffsetCursor } from "./cursor.ts";
import type { QueryReader } from "./query-reader.ts";

const PAGE_SIZE = 20;
export const PAGE_SIZE_MAX = 100;

export function readLimit(query: QueryReader): number {
  return query.count("limit", { fallback: PAGE_SIZE, max: PAGE_SIZE_MAX });
}

/** One row more than the page was asked for tells whether another page follows. */
export function cutPage<T>(
  rows: readonly T[],
  limit: number,
  cursorAfter: (last: T) => string,
): { readonly items: readonly T[]; readonly cursor: string | null } {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, cursor: last === undefined ? null : cursorAfter(last) };
}

/** A page of a list that was read whole: apps and functions are few. */
export function pageOf<T>(rows: readonly T[], query: QueryReader) {
  const limit = readLimit(query);
  const offset = readOffsetCursor(query.text("cursor"));
  const page = cutPage(rows.slice(offset), limit, () => offsetCursor(offset + limit));
  return { ...page, limit };
}
