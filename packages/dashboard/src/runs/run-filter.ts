import { type KnownRunStatus, knownRunStatuses, type RunQuery } from "@system-bus/inngest-api";

/** Which runs a list shows. It lives in the page's address. */
export interface RunFilter {
  /** Empty: any. */
  readonly statuses: readonly KnownRunStatus[];
  readonly fn: FunctionKey | undefined;
  /** Where the page begins; undefined for the newest. */
  readonly after: string | undefined;
}

export interface FunctionKey {
  readonly appId: string;
  readonly functionId: string;
}

export const ALL_RUNS: RunFilter = { statuses: [], fn: undefined, after: undefined };

const PAGE_SIZE = 40;

/** Reads `?status=FAILED&function=app/fn&after=…`; what it doesn't know it leaves out. */
export function readRunFilter(search: string): RunFilter {
  const parameters = new URLSearchParams(search);
  const statuses = new Set(parameters.getAll("status"));
  return {
    statuses: knownRunStatuses.filter((status) => statuses.has(status)),
    fn: readFunctionKey(parameters.get("function") ?? ""),
    after: parameters.get("after") || undefined,
  };
}

/** What `readRunFilter` reads back; empty for all runs. */
export function writeRunFilter(filter: RunFilter): string {
  const parameters = new URLSearchParams();
  for (const status of filter.statuses) parameters.append("status", status);
  if (filter.fn) parameters.set("function", writeFunctionKey(filter.fn));
  if (filter.after) parameters.set("after", filter.after);
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

export function isFiltered(filter: RunFilter): boolean {
  return filter.statuses.length > 0 || filter.fn !== undefined;
}

/** A filter that changes begins at its newest run again. */
export function toggleStatus(filter: RunFilter, status: KnownRunStatus): RunFilter {
  const statuses = filter.statuses.includes(status)
    ? filter.statuses.filter((one) => one !== status)
    : [...filter.statuses, status];
  return { ...filter, statuses, after: undefined };
}

export function runQueryOf(filter: RunFilter): RunQuery {
  return {
    limit: PAGE_SIZE,
    ...(filter.statuses.length > 0 ? { status: filter.statuses } : {}),
    ...(filter.fn ? { appId: [filter.fn.appId], functionId: [filter.fn.functionId] } : {}),
    ...(filter.after ? { cursor: filter.after } : {}),
  };
}

/** Both parts may hold a slash, so each is escaped. */
export function writeFunctionKey({ appId, functionId }: FunctionKey): string {
  return `${encodeURIComponent(appId)}/${encodeURIComponent(functionId)}`;
}

export function readFunctionKey(text: string): FunctionKey | undefined {
  const [appId, functionId, ...rest] = text.split("/");
  if (!appId || !functionId || rest.length > 0) return undefined;
  try {
    return { appId: decodeURIComponent(appId), functionId: decodeURIComponent(functionId) };
  } catch {
    return undefined;
  }
}
