// What is asked of an engine, on answers as the real server gives them.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { createInngestApi, type InngestApi } from "@system-bus/inngest-api";
import { lookAtFunctions } from "../../src/system/checks/look-at-functions.ts";

const NOW_MS = Date.parse("2026-11-21T12:00:00Z");

let server: Bun.Server<undefined>;
let api: InngestApi;
let asked: string[];
let isBroken: boolean;

const fn = (id: string, more: object = {}) => ({
  ...{ app: { id: "demo" }, id, name: id, slug: id },
  triggers: [{ type: "EVENT", value: `demo/${id}` }],
  ...more,
});
const run = (id: string, status: string, endedAt: string) => ({
  ...{ id: `${id}-${endedAt}`, app: { id: "demo" }, function: { id, name: id }, status },
  ...{ queuedAt: "2026-11-21T01:00:00.000Z", endedAt },
});

beforeEach(() => {
  asked = [];
  isBroken = false;
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname, searchParams: query } = new URL(request.url);
      asked.push(`${pathname}?${query}`);
      if (isBroken) return Response.json({ errors: [{ message: "broken" }] }, { status: 500 });
      if (pathname === "/api/v2/apps")
        return Response.json({ data: [{ id: "demo", name: "demo" }] });
      if (pathname.endsWith("/functions")) return Response.json({ data: functions });
      return Response.json({ data: runsFor(query) });
    },
  });
  api = createInngestApi({ baseUrl: server.url.origin });
});
afterEach(() => server.stop(true));

const functions = [
  fn("nightly", { triggers: [{ type: "CRON", value: "0 3 * * *" }] }),
  fn("paused", { pause: { pausedAt: "2026-11-20T00:00:00Z", holdsRuns: true } }),
  fn("broken", { problem: "It uses batchEvents." }),
  fn("fails"),
];

function runsFor(query: URLSearchParams): object[] {
  const ids = query.getAll("functionId");
  if (ids.length === 0) {
    // The list of everything that failed within a day.
    expect(query.get("from")).toBe("2026-11-20T12:00:00.000Z");
    return [1, 2, 3].map((hour) => run("fails", "FAILED", `2026-11-21T0${hour}:00:00Z`));
  }
  if (ids[0] === "nightly") return [run("nightly", "COMPLETED", "2026-11-21T03:00:04.5Z")];
  return [3, 2, 1].map((hour) => run("fails", "FAILED", `2026-11-21T0${hour}:00:00Z`));
}

test("schedules, pauses, problems and runs are read as the server tells them", async () => {
  const seen = await lookAtFunctions({ api, nowMs: NOW_MS, isKnownToFail: () => false });
  const plain = { appId: "demo", crons: [], isPaused: false, problem: null, completedAtMs: null };
  expect(seen).toEqual([
    {
      ...{ ...plain, id: "nightly", crons: ["0 3 * * *"], lastRuns: [] },
      completedAtMs: Date.parse("2026-11-21T03:00:04.5Z"),
    },
    { ...plain, id: "paused", isPaused: true, lastRuns: [] },
    { ...plain, id: "broken", problem: "It uses batchEvents.", lastRuns: [] },
    {
      ...{ ...plain, id: "fails" },
      lastRuns: [3, 2, 1].map((hour) => ({
        isFailed: true,
        endedAtMs: Date.parse(`2026-11-21T0${hour}:00:00Z`),
      })),
    },
  ]);
  // Apps, functions, failures; then one question for the schedule and one for what fails.
  expect(asked).toHaveLength(5);
});

test("a function whose failing stands is asked for, however long ago it was", async () => {
  await lookAtFunctions({ api, nowMs: NOW_MS, isKnownToFail: ({ id }) => id === "paused" });
  expect(asked.some((path) => path.includes("functionId=paused"))).toBe(true);
});

test("an engine that can't tell is no engine where all is well", async () => {
  isBroken = true;
  const looking = lookAtFunctions({ api, nowMs: NOW_MS, isKnownToFail: () => false });
  expect(await looking.catch((error: Error) => error.name)).toBe("InngestApiError");
});
