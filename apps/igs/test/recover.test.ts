// igs recover against an engine that forgot, and against a real server's answers as recorded.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { Processes } from "./processes.ts";

let processes: Processes;
beforeEach(async () => {
  processes = await Processes.create();
});
afterEach(() => processes.end());

test("what an engine forgot is sent again under its id, once", async () => {
  const url = await processes.startEngine();
  await processes.startWorker();
  await processes.igs(["send", "demo/second", "--id", "mine", "--wait"]);
  await processes.igs(["send", "demo/second", "--wait"]);
  const well = await processes.igs(["recover", "--yes"]);
  expect(well.envelope.result).toMatchObject({ checkedCount: 2, lost: [], sentCount: 0 });

  // Its database was in memory: the next one at the same address knows nothing.
  await processes.stopEngine();
  await processes.startEngine([], new URL(url).port);
  await processes.startWorker();
  const seen = await processes.igs(["recover", "--dry-run"]);
  expect(seen.envelope.result).toMatchObject({
    lost: [{ name: "demo/second", id: "mine", why: "no-event" }, { name: "demo/second" }],
    sentCount: 0,
  });
  const unsure = await processes.igs(["recover"]);
  expect(unsure.exitCode).toBe(2);
  expect((await processes.igs(["events"])).envelope.result).toEqual({ events: [] });

  const recovered = await processes.igs(["recover", "--yes"]);
  expect(recovered.envelope.result).toMatchObject({ sentCount: 2 });
  const { events } = (await processes.igs(["events"])).envelope.result as { events: object[] };
  expect(events).toContainEqual(expect.objectContaining({ id: "mine" }));
  const again = await processes.igs(["recover", "--yes"]);
  expect(again.envelope.result).toMatchObject({ checkedCount: 2, lost: [] });
}, 40_000);

test("a send that failed is its sender's to repeat: nothing recovers it", async () => {
  const url = await processes.startEngine();
  await processes.stopEngine();
  expect((await processes.igs(["send", "demo/second"])).exitCode).toBe(3);
  await processes.startEngine([], new URL(url).port);
  const { envelope } = await processes.igs(["recover", "--yes"]);
  expect(envelope.result).toMatchObject({ checkedCount: 0, lost: [] });
}, 30_000);

test("a real server that has the event and lost its run is given it again", async () => {
  const taken: { id?: string }[] = [];
  const internalId = "01M7XX8G26Z39M6Y05EC7VAHVT";
  const item = (data: unknown) => Response.json({ data, metadata: {}, page: { limit: 20 } });
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/health") return Response.json({ status: 200, message: "OK" });
      if (pathname.startsWith("/e/")) {
        const events = (await request.json()) as { id?: string }[];
        taken.push(...events);
        return Response.json({ ids: events.map(() => internalId), status: 200 });
      }
      if (pathname === "/api/v2/apps")
        return item([{ id: "demo", name: "demo", functionCount: 1 }]);
      if (pathname === "/api/v2/apps/demo/functions") {
        const triggers = [{ type: "EVENT", value: "demo/ok" }];
        return item([{ app: { id: "demo" }, id: "ok", name: "ok", slug: "ok", triggers }]);
      }
      if (pathname === "/v1/events") {
        const times = { received_at: new Date().toISOString(), ts: Date.now() };
        const found = { internal_id: internalId, id: taken[0]?.id, name: "demo/ok", ...times };
        return Response.json({ data: taken.length === 0 ? [] : [found] });
      }
      if (pathname === "/api/v2/runs" || pathname.endsWith("/runs")) return item([]);
      return Response.json(
        { errors: [{ code: "not_found", message: "Not found" }] },
        { status: 404 },
      );
    },
  });
  processes.setEnv("INNGEST_BASE_URL", `http://127.0.0.1:${server.port}`);
  await processes.igs(["send", "demo/ok"]);
  const { envelope } = await processes.igs(["recover", "--yes"]);
  expect(envelope.result).toMatchObject({
    lost: [{ name: "demo/ok", why: "no-run" }],
    sentCount: 1,
  });
  expect(taken).toHaveLength(2);
  expect(taken[1]?.id).toBe(taken[0]?.id);
  expect(taken[0]?.id).toBeString();
}, 30_000);
