import type { KnownRunStatus, Run, RunQuery } from "@system-bus/inngest-api";
import { shellWord } from "../output/shell-word.ts";

/** Which runs are meant, as it was typed. Moments are ISO 8601 and about when a run was queued. */
export interface RunFilter {
  readonly status?: readonly KnownRunStatus[] | undefined;
  /** Alone or with its app in front: `video-download`, `system-bus/video-download`. */
  readonly function?: string | undefined;
  readonly app?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** An event's id, or the name of events. */
  readonly event?: string | undefined;
}

/** As a server's list of runs takes it; what is about events it doesn't. */
export function runQuery(filter: RunFilter): RunQuery {
  const { status, since, until } = filter;
  const { appId, functionId } = readFunction(filter);
  return {
    ...(status && status.length > 0 ? { status } : {}),
    ...(appId === undefined ? {} : { appId: [appId] }),
    ...(functionId === undefined ? {} : { functionId: [functionId] }),
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** Whether a run is among those that the query would list. */
export function fitsRun(run: Run, filter: RunFilter): boolean {
  const { status, since, until } = filter;
  const { appId, functionId } = readFunction(filter);
  const queuedAtMs = Date.parse(run.queuedAt);
  return (
    (!status || status.length === 0 || status.some((one) => one === run.status)) &&
    (appId === undefined || run.app.id === appId) &&
    (functionId === undefined || run.function.id === functionId) &&
    (since === undefined || queuedAtMs >= Date.parse(since)) &&
    (until === undefined || queuedAtMs < Date.parse(until))
  );
}

function readFunction({ function: words, app }: RunFilter) {
  const [first, second] = words?.split("/") ?? [];
  return second === undefined
    ? { appId: app, functionId: first }
    : { appId: app ?? first, functionId: second };
}

/** The filter as flags again, each followed by a space. */
export function filterWords({ status = [], ...texts }: RunFilter): string {
  const { function: fn, app, event, since, until } = texts;
  const words = { function: fn, app, event, since, until };
  return [
    ...status.map((one) => `--status ${one.toLowerCase()} `),
    ...Object.entries(words).map(([flag, word]) =>
      word === undefined ? "" : `--${flag} ${shellWord(word)} `,
    ),
  ].join("");
}

/** Such as `failed runs of video-download since 2026-11-24T10:00:00.000Z`; `what` is the noun. */
export function describeFilter(filter: RunFilter, what: string): string {
  const { status, function: fn, app, since, until, event } = filter;
  return [
    ...(status && status.length > 0 ? [status.join(" or ").toLowerCase()] : []),
    what,
    ...(fn === undefined ? [] : [`of ${fn}`]),
    ...(app === undefined ? [] : [`of app ${app}`]),
    ...(event === undefined ? [] : [`of event ${event}`]),
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
  ].join(" ");
}
