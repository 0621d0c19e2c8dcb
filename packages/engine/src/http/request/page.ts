import { offsetCursor, readOffsetCursor } from "./cursor.ts";
import { countParameter, textParameter } from "./parameters.ts";

const PAGE_SIZE = 20;
export const PAGE_SIZE_MAX = 100;

/** Of every list that comes in pages. */
export const pageParameters = {
  cursor: textParameter("Where the page begins: the cursor that the page before ended with"),
  limit: countParameter("How many at most", { fallback: PAGE_SIZE, max: PAGE_SIZE_MAX }),
};

export interface AskedPage {
  readonly cursor?: string | undefined;
  readonly limit: number;
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
export function pageOf<T>(rows: readonly T[], { cursor, limit }: AskedPage) {
  const offset = readOffsetCursor(cursor);
  const page = cutPage(rows.slice(offset), limit, () => offsetCursor(offset + limit));
  return { ...page, limit };
}
