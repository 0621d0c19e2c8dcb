/** Rule R1 of `fact.ts`: of two with one key the first counts. */
export function firstOfEachKey<Item extends { readonly key: string }>(
  items: readonly Item[],
): readonly Item[] {
  const seen = new Set<string>();
  return items.filter(({ key }) => {
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
