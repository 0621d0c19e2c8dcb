import { formatExactTime, formatWhen } from "../format/time-text.ts";
import { nowMs } from "../live/now.ts";

/** How long ago, with the exact local time on hover. */
export function Moment({ atMs }: { readonly atMs: number | undefined }) {
  if (atMs === undefined) return <span class="quiet">–</span>;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatExactTime(atMs)}>
      {formatWhen(atMs, nowMs.value)}
    </time>
  );
}
