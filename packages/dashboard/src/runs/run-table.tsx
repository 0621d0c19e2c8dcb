import { hasEnded, type Run, readTime, type SpanError } from "@system-bus/inngest-api";
import { formatDuration } from "../format/duration-text.ts";
import { nowMs } from "../live/now.ts";
import { Moment } from "../parts/moment.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { runPath } from "../routing/route.ts";

export interface RunTableProps {
  /** What the table lists, for those who can't see where it stands. */
  readonly caption: string;
  readonly runs: readonly Run[];
  readonly errors: ReadonlyMap<string, SpanError>;
}

export function RunTable({ caption, runs, errors }: RunTableProps) {
  return (
    <div class="panel">
      <table class="rows runs">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" class="column-status">
              <span class="status-word">Status</span>
            </th>
            <th scope="col">Function</th>
            <th scope="col" class="column-when">
              Queued
            </th>
            <th scope="col" class="column-took">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow key={run.id} run={run} error={errors.get(run.id)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RunRow({ run, error }: { readonly run: Run; readonly error: SpanError | undefined }) {
  return (
    <tr>
      <td class="column-status">
        <StatusBadge status={run.status} />
      </td>
      <td class="column-main">
        <a class="row-link" href={runPath(run.id)}>
          {run.function.name}
        </a>
        <span class="row-id">
          <span class="row-app">{run.app.id}</span> <code>{run.id}</code>
        </span>
        {error && (
          <span class="row-error">
            {error.name === "Error" ? "" : `${error.name}: `}
            {error.message}
          </span>
        )}
      </td>
      <td class="column-when">
        <Moment atMs={readTime(run.queuedAt)} />
        <span class="row-took">
          <RunDuration run={run} />
        </span>
      </td>
      <td class="column-took">
        <RunDuration run={run} />
      </td>
    </tr>
  );
}

/** Of a run that goes on, the time since it began. */
export function RunDuration({ run }: { readonly run: Run }) {
  if (run.durationMs !== undefined) return <>{formatDuration(run.durationMs)}</>;
  const startedAtMs = readTime(run.startedAt);
  if (startedAtMs === undefined || hasEnded(run.status)) return <span class="quiet">–</span>;
  return <>{formatDuration(Math.floor((nowMs.value - startedAtMs) / 1_000) * 1_000)}</>;
}
