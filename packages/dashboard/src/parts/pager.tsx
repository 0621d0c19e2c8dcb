export interface PagerProps {
  /** What is listed: "runs". */
  readonly what: string;
  /** The first page's address, unless this is the first page. */
  readonly newest: string | undefined;
  readonly older: string | undefined;
}

/** Pages are addresses: Back leads to the newer one, and a page stays what it is while new rows come. */
export function Pager({ what, newest, older }: PagerProps) {
  if (newest === undefined && older === undefined) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      {newest === undefined ? <span /> : <a href={newest}>← Newest {what}</a>}
      {older !== undefined && <a href={older}>Older {what} →</a>}
    </nav>
  );
}
