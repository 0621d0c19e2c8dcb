// Syncs that the API asks for, with the real SDK, and what is remembered of them.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { EngineHarness } from "./engine-harness.ts";

const URL = "http://app.test/api/inngest";

let engine: EngineHarness;
beforeEach(() => {
  engine = new EngineHarness({
    functions: (inngest) => [
      inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, () => "done"),
    ],
  });
});
afterEach(() => engine.stop());

const sync = (app: string, url = URL) =>
  engine.request(`/api/v2/apps/${app}/syncs`, { method: "POST", body: JSON.stringify({ url }) });

async function listSyncs(): Promise<readonly object[]> {
  const response = await engine.request("/api/v2/apps/app/syncs");
  return ((await response.json()) as { data: object[] }).data;
}

test("an app is synced when it is asked for, and one that changes nothing leaves no record", async () => {
  expect(await (await sync("app")).json()).toMatchObject({ data: { isModified: true } });
  expect(await (await sync("app")).json()).toMatchObject({ data: { isModified: false } });
  expect(await listSyncs()).toMatchObject([{ url: URL, sdkLanguage: "js", functionCount: 1 }]);
});

test("another app than the one that is meant is not taken in", async () => {
  const response = await sync("other");
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(`${URL} serves the app \\"app\\", not \\"other\\"`);
  expect((await engine.request("/api/v2/apps/app")).status).toBe(404);
});

test("an app that cannot be reached is told of", async () => {
  const response = await sync("app", "http://nobody.test/api/inngest");
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("http://nobody.test/api/inngest could not be asked");
});
