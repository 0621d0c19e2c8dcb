import { connection } from "../engine/connection.ts";
import { formatDuration } from "../format/duration-text.ts";
import { nowMs } from "../live/now.ts";

/** What is on the page stays there; this says that it may be old. */
export function Banner() {
  const state = connection.value;
  return (
    <div class="banner-place" role="status">
      {state.state === "lost" && (
        <p class="banner">
          <strong>Engine not reachable, trying again</strong>
          <Countdown retryAtMs={state.retryAtMs} />
          <span class="banner-hint">
            Is it running? Start it with <code>igs dev</code> or <code>igs start</code>.
          </span>
        </p>
      )}
    </div>
  );
}

/** Not announced: a screen reader would count along. */
function Countdown({ retryAtMs }: { readonly retryAtMs: number }) {
  const leftMs = Math.ceil((retryAtMs - nowMs.value) / 1_000) * 1_000;
  return <span aria-hidden="true">{leftMs > 0 ? `in ${formatDuration(leftMs)}` : "now"}</span>;
}
