import { afterEach, expect, test } from "bun:test";
import { checkRegistration } from "./engine-registration.ts";
import type { FunctionShape } from "./function-shape.ts";

const servers: Bun.Server<undefined>[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop(true))));

const WORKER = "http://127.0.0.1:3111/api/inngest";
const coded: FunctionShape[] = Array.from({ length: 250 }, (_, index) => ({
  id: `fn-${index}`,
  triggers: [`demo/${index}`],
  retries: null,
}));

/** Pages as the real server does: twenty without a limit, a cursor while there is more. */
function serve(
  has: readonly FunctionShape[],
  change: (path: string) => Response | null = () => null,
) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      const changed = change(pathname);
      if (changed) return changed;
      if (pathname === "/api/v2/apps/system-bus") {
        return Response.json({ data: { latestSync: { url: WORKER } } });
      }
      const from = Number(searchParams.get("cursor") ?? 0);
      const until = from + Number(searchParams.get("limit") ?? 20);
      const data = has.slice(from, until).map(({ id, triggers }) => ({
        slug: id,
        triggers: triggers.map((value) => ({ type: "EVENT", value })),
      }));
      const hasMore = until < has.length;
      return Response.json({ data, page: hasMore ? { cursor: String(until), hasMore } : {} });
    },
  });
  servers.push(server);
  return server.url.origin;
}

const check = (engineUrl: string) =>
  checkRegistration({ engineUrl, signingKey: undefined, workerUrl: WORKER, coded, fetch });

test("functions are compared to the last page", async () => {
  expect(await check(serve(coded))).toEqual({ kind: "as-coded" });
  expect(await check(serve(coded.slice(0, -1)))).toEqual({
    kind: "drifted",
    reason: "fn-249 is not registered",
  });
});

test("an engine that can't be asked is down; one that answers nonsense has drifted", async () => {
  const url = serve(coded, (path) => (path.endsWith("/functions") ? new Response("no") : null));
  expect(await check(url)).toEqual({
    kind: "drifted",
    reason: "the engine does not tell its functions",
  });
  await servers.pop()?.stop(true);
  expect(await check(url)).toMatchObject({ kind: "engine-down" });
});
