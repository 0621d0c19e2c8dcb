// Answers as a real Inngest server did when it was recorded (`inngest start`, 1.45 line), so that the
// page is tried on those shapes, too. What changes by a request is kept here: events, cancelled runs.

import { dashboardRoutes } from "../src/index.ts";
import { APPS, EVENTS, FUNCTIONS, RUNS, TRACES } from "./recorded-answers.ts";

export interface RecordedEngine {
  readonly url: string;
  /** `METHOD path` of every request to the API. */
  readonly asked: string[];
  /** Every answer of the API from now on; undefined for the recorded ones. */
  answerWith(status: number | undefined): void;
  stop(): Promise<void>;
}

type RecordedRun = (typeof RUNS)[number];
type Answer = (id: string, query: URLSearchParams) => Response | undefined;

export function startRecordedEngine(port = 0): RecordedEngine {
  const asked: string[] = [];
  let forcedStatus: number | undefined;
  const answer = createAnswers();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    development: false,
    routes: dashboardRoutes,
    async fetch(request) {
      const url = new URL(request.url);
      asked.push(`${request.method} ${url.pathname}${url.search}`);
      if (forcedStatus !== undefined) return failed(forcedStatus, "forced", "refused on purpose");
      return answer(request.method, url) ?? failed(404, "not_found", "Not found");
    },
  });
  return {
    url: server.url.origin,
    asked,
    answerWith: (status) => {
      forcedStatus = status;
    },
    stop: () => server.stop(true),
  };
}

/** What is answered to `METHOD path`, with `:id` in the place of an id. */
function createAnswers(): (method: string, url: URL) => Response | undefined {
  const runs: RecordedRun[] = RUNS.map((run) => ({ ...run }));
  const findRun = (id: string) => runs.find((run) => run.id === id);
  const findEvent = (id: string) => EVENTS.find((event) => event.internal_id === id);
  const answers: Readonly<Record<string, Answer>> = {
    "GET /health": () => Response.json({ status: 200, message: "OK" }),
    "GET /api/v2/apps": () => v2(APPS, PAGE),
    "GET /api/v2/apps/demo/functions": () => v2(FUNCTIONS, PAGE),
    "GET /api/v2/runs": (_id, query) => v2(selectRuns(runs, query), PAGE),
    "GET /api/v2/runs/:id": (id) => v2Found(findRun(id)),
    "GET /api/v2/runs/:id/trace": (id) => v2Found(TRACES[id] && { rootSpan: TRACES[id] }),
    "POST /api/v2/runs/:id/cancel": (id) => {
      Object.assign(findRun(id) ?? {}, { status: "CANCELLED", endedAt: "2026-11-21T02:00:00Z" });
      return v2({ runId: id });
    },
    "GET /api/v2/events/:id/runs": (id) => v2(runs.filter(isStartedBy(id)), PAGE),
    "GET /v1/events": () => v1(EVENTS),
    "GET /v1/events/:id": (id) => (findEvent(id) ? v1(findEvent(id)) : undefined),
  };
  return (method, url) => {
    const [id = ""] = /01M7[0-9A-Z]{22}/.exec(url.pathname) ?? [];
    const answer = answers[`${method} ${url.pathname.replace(id || "/", id ? ":id" : "/")}`];
    return answer?.(id, url.searchParams);
  };
}

const isStartedBy = (eventId: string) => (run: RecordedRun) =>
  run.trigger.eventIds.includes(eventId);

function selectRuns(runs: readonly RecordedRun[], query: URLSearchParams): readonly RecordedRun[] {
  const statuses = query.getAll("status");
  const functionIds = query.getAll("functionId");
  return runs
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
    .filter((run) => functionIds.length === 0 || functionIds.includes(run.function.id));
}

const PAGE = { limit: 20 };
const v1 = (data: unknown) => Response.json({ data, metadata: { fetched_at: "…" } });
const v2 = (data: unknown, page?: object) =>
  Response.json({ data, metadata: { fetchedAt: "…" }, ...(page && { page }) });
const v2Found = (data: unknown) => (data === undefined ? undefined : v2(data));
const failed = (status: number, code: string, message: string) =>
  Response.json({ errors: [{ code, message }] }, { status });
