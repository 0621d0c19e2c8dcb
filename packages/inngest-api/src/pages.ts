export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined on the last one. */
  readonly cursor: string | undefined;
}

/**
 * Every item of a paged list, page after page, `itemsMax` at most. Ends as well when a server hands
 * out a cursor a second time, so that a faulty one can't keep us here for ever.
 */
export async function* eachItem<T>(
  loadPage: (cursor: string | undefined) => Promise<Page<T>>,
  itemsMax: number,
): AsyncGenerator<T, void, undefined> {
  const cursorsSeen = new Set<string>();
  let leftCount = itemsMax;
  let cursor: string | undefined;
  while (leftCount > 0) {
    const page = await loadPage(cursor);
    for (const item of page.items.slice(0, leftCount)) yield item;
    leftCount -= page.items.length;
    if (page.cursor === undefined || cursorsSeen.has(page.cursor)) return;
    cursorsSeen.add(page.cursor);
    cursor = page.cursor;
  }
}

/** All items of a list that is short by nature, such as the functions of an app. */
export async function gatherItems<T>(
  loadPage: (cursor: string | undefined) => Promise<Page<T>>,
  itemsMax: number,
): Promise<readonly T[]> {
  return Array.fromAsync(eachItem(loadPage, itemsMax));
}
