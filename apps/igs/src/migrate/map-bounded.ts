/** Requests at once: enough to hide their latency, too few to crowd out the runs of the engine that is asked. */
const AT_ONCE_MAX = 8;

/** The results in the order of the items. The first failure ends it, once what is under way is done. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE_MAX) {
    results.push(...(await Promise.all(items.slice(from, from + AT_ONCE_MAX).map(work))));
  }
  return results;
}
