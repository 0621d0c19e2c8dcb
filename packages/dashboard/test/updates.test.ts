// The page is told by the embedded engine when there is something new. While it is told it looks by itself
// every 10 s only, which is longer than these tests wait for anything.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Page, Response, WebSocket } from "playwright-core";
import { chromiumHint, hasChromium, launchBrowser, type TestBrowser } from "./browser.ts";
import { SIGNING_KEY, startEngineWithApp, startLockedEngine } from "./engine-with-app.ts";

// Bun ends a process that a test left when it ran out of time: that would be the browser of all.
setDefaultTimeout(30_000);

/** What a page of runs, of events, or of one run asks for again and again. */
const LOOKS = /^\/(?:api\/v2\/runs|v1\/events|api\/v2\/runs\/\w+)$/;

describe.skipIf(!hasChromium)(`told by the embedded engine, ${chromiumHint}, the page`, () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  /** Opens an address and waits until the page listens, and has looked once more for what it missed. */
  async function openAndListen(address: string): Promise<{ page: Page; socket: WebSocket }> {
    const { page } = browser;
    let lookCount = 0;
    const count = (response: Response) => {
      if (response.ok() && LOOKS.test(new URL(response.url()).pathname)) lookCount += 1;
    };
    page.on("response", count);
    const opened = page.waitForEvent("websocket");
    await browser.open(address);
    const socket = await opened;
    while (lookCount < 2) await page.waitForEvent("response");
    page.off("response", count);
    return { page, socket };
  }
  const send = (engineUrl: string, name: string, data = {}, key = "any") =>
    fetch(`${engineUrl}/e/${key}`, { method: "POST", body: JSON.stringify({ name, data }) });

  const idsOf = async (sent: globalThis.Response) => ((await sent.json()) as { ids: string[] }).ids;

  async function withEngine(work: (engineUrl: string) => Promise<void>): Promise<void> {
    const engine = await startEngineWithApp();
    try {
      await work(engine.url);
    } finally {
      await browser.leave();
      await engine.stop();
    }
  }

  test("shows a run as soon as there is one, and its end", () =>
    withEngine(async (engineUrl) => {
      const { page, socket } = await openAndListen(`${engineUrl}/`);
      expect(socket.url()).toStartWith(engineUrl.replace("http", "ws"));
      await send(engineUrl, "talk/found", { title: "Loops" });
      await page
        .getByRole("row", { name: /fetch-talk/ })
        .getByText("Completed")
        .waitFor();
      expect(browser.complaints).toEqual([]);
    }));

  test("shows an event as soon as it has arrived", () =>
    withEngine(async (engineUrl) => {
      const { page } = await openAndListen(`${engineUrl}/events`);
      await send(engineUrl, "talk/unheard");
      await page.getByRole("link", { name: "talk/unheard" }).waitFor();
      expect(browser.complaints).toEqual([]);
    }));

  test("listens to the one run that it shows, and shows what becomes of it", () =>
    withEngine(async (engineUrl) => {
      const [eventId] = await idsOf(await send(engineUrl, "talk/review"));
      const answer = await fetch(`${engineUrl}/v1/events/${eventId}/runs`);
      const { data } = (await answer.json()) as { data: { run_id: string }[] };
      const { page, socket } = await openAndListen(`${engineUrl}/runs/${data[0]?.run_id}`);
      await page.getByRole("button", { name: /^approval running/ }).waitFor();
      const told = socket.waitForEvent("framereceived");
      await send(engineUrl, "talk/approved");
      await page.locator("h1").getByText("Completed").waitFor();
      const { payload } = await told;
      expect(JSON.parse(String(payload))).toMatchObject({ topic: "$step" });
      expect(browser.complaints).toEqual([]);
    }));

  test("is told also where the engine wants a key, through the session of who has logged in", async () => {
    const locked = await startLockedEngine();
    try {
      const opened = browser.page.waitForEvent("websocket");
      const page = await browser.open(`${locked.url}/events`);
      await page.waitForURL(/\/login\?next=/);
      await page.getByLabel("Signing key").fill(SIGNING_KEY);
      await page.getByRole("button", { name: "Log in" }).click();
      await opened;
      await send(locked.url, "talk/unheard", {}, "event-key");
      await page.getByRole("link", { name: "talk/unheard" }).waitFor();
      expect(browser.complaints).toEqual([]);
    } finally {
      await browser.leave();
      await locked.stop();
    }
  });

  test("closes its connection when it is left for another page", () =>
    withEngine(async (engineUrl) => {
      const { page, socket } = await openAndListen(`${engineUrl}/`);
      const closed = socket.waitForEvent("close");
      await page.getByRole("link", { name: "Events", exact: true }).first().click();
      await closed;
    }));
});
