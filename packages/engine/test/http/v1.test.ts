import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { HttpFixture, START_MS } from "./fixture.ts";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const UNKNOWN_ID = "01M7XX6RHXFQ11CGAZ6E55S500";

let http: HttpFixture;
beforeEach(() => {
  http = new HttpFixture();
  http.addApp();
  http.addFunction({ slug: "demo-ok", name: "All kinds of steps" });
});
afterEach(() => http.close());

interface EventList {
  readonly data: readonly { readonly internal_id: string; readonly name: string }[];
}

const namesOf = (list: EventList) => list.data.map(({ name }) => name);
const listEvents = async (query = "") => (await http.get(`/v1/events${query}`)) as EventList;

describe("GET /v1/events", () => {
  test("gives each event as the server writes it", async () => {
    const id = http.addEvent("demo/told", { k: "a" });
    expect(await http.get("/v1/events?limit=2")).toEqual({
      data: [
        {
          internal_id: id,
          account_id: NOBODY,
          environment_id: NOBODY,
          source: "",
          source_id: null,
          received_at: "2026-11-21T02:00:00.000Z",
          id,
          name: "demo/told",
          data: { k: "a" },
          ts: START_MS,
        },
      ],
      metadata: { fetched_at: "2026-11-21T02:00:00.000Z" },
    });
  });

  test("leaves out the engine's own events unless they are asked for", async () => {
    http.addEvent("demo/a");
    http.addEvent("inngest/function.finished");
    expect(namesOf(await listEvents())).toEqual(["demo/a"]);
    expect(namesOf(await listEvents("?include_internal=true"))).toHaveLength(2);
    expect(namesOf(await listEvents("?name=inngest/function.finished"))).toHaveLength(1);
  });

  test("goes on after the last event of a page", async () => {
    for (const name of ["demo/a", "demo/b", "demo/c"]) http.addEvent(name);
    const first = await listEvents("?limit=2");
    expect(namesOf(first)).toEqual(["demo/c", "demo/b"]);
    const rest = await listEvents(`?limit=2&cursor=${first.data.at(-1)?.internal_id}`);
    expect(namesOf(rest)).toEqual(["demo/a"]);
  });

  test("is cut by the time of receipt", async () => {
    http.addEvent("demo/before");
    http.nowMs += 1_000;
    http.addEvent("demo/after");
    const moment = "2026-11-21T02:00:01Z";
    expect(namesOf(await listEvents(`?received_after=${moment}`))).toEqual(["demo/after"]);
    expect(namesOf(await listEvents(`?received_before=${moment}`))).toEqual(["demo/before"]);
  });

  test.each(["limit=0", "limit=101", "cursor=x", "received_after=soon", "include_internal=maybe"])(
    "refuses %p",
    async (query) => {
      const response = await http.request(`/v1/events?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: expect.any(String), status: 400 });
    },
  );
});

describe("GET /v1/events/:id", () => {
  test("finds an event by the id that the engine gave it", async () => {
    const id = http.addEvent("demo/told", { k: "a" }, "mine");
    expect(await http.get(`/v1/events/${id}`)).toMatchObject({
      data: { internal_id: id, id: "mine", name: "demo/told", data: { k: "a" } },
      metadata: { fetched_at: expect.any(String), cached_until: expect.any(String) },
    });
  });

  test.each([UNKNOWN_ID, "mine"])("knows no event %p", async (id) => {
    const response = await http.request(`/v1/events/${id}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: expect.stringContaining(id), status: 404 });
  });
});

describe("runs in v1", () => {
  test("are listed with the event that started them", async () => {
    const eventInternalId = http.addEvent("demo/ok");
    const ending = {
      status: "COMPLETED",
      outputJson: '{"done":true}',
      endedAtMs: START_MS + 9,
    } as const;
    const runId = http.addRun({ eventInternalId, startedAtMs: START_MS + 1, ending });
    expect(await http.get(`/v1/events/${eventInternalId}/runs`)).toMatchObject({
      data: [
        {
          run_id: runId,
          run_started_at: "2026-11-21T02:00:00.000Z",
          function_id: "function-demo-ok",
          function_version: 0,
          environment_id: NOBODY,
          event_id: eventInternalId,
          status: "Completed",
          ended_at: "2026-11-21T02:00:00.009Z",
          output: { done: true },
        },
      ],
    });
  });

  test("are found by their id, without an end while they go on", async () => {
    const runId = http.addRun({ startedAtMs: START_MS });
    const data = { run_id: runId, status: "Running", ended_at: null, output: null };
    expect(await http.get(`/v1/runs/${runId}`)).toMatchObject({ data });
  });

  test("are cancelled by DELETE", async () => {
    const response = await http.request(`/v1/runs/${UNKNOWN_ID}`, { method: "DELETE" });
    expect(response.status).toBe(204);
    expect(http.asked).toEqual([{ command: "cancelRun", input: UNKNOWN_ID }]);
  });

  test("that are not there are 404", async () => {
    expect((await http.request(`/v1/runs/${UNKNOWN_ID}`)).status).toBe(404);
    expect((await http.request(`/v1/events/${UNKNOWN_ID}/runs`)).status).toBe(404);
  });
});
