// The page on the embedded engine, with a worker of the official SDK behind it.

import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import {
  chromiumHint,
  expectFitForPeople,
  hasChromium,
  launchBrowser,
  type TestBrowser,
  textOf,
} from "./browser.ts";
import {
  type EngineWithApp,
  MARKUP,
  SIGNING_KEY,
  startEngineWithApp,
  startLockedEngine,
} from "./engine-with-app.ts";

// Bun ends a process that a test left when it ran out of time: that would be the browser of all.
setDefaultTimeout(30_000);

describe.skipIf(!hasChromium)(`on the embedded engine, ${chromiumHint}, a person`, () => {
  let browser: TestBrowser;
  let engine: EngineWithApp;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    engine = await startEngineWithApp();
  });
  afterEach(async () => {
    await browser.leave();
    await engine.stop();
  });

  const open = (path: string) => browser.open(engine.url + path);
  const expectNoComplaints = () => expect(browser.complaints).toEqual([]);

  test("who is new sends a first event and watches its run to the end", async () => {
    const page = await open("/");
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    await page.locator("main").getByRole("link", { name: "Send an event" }).click();
    await page.getByRole("button", { name: "talk/found" }).click();
    await page.getByText("Starts fetch-talk").waitFor();

    const field = page.getByLabel("Data (JSON)");
    await field.fill('{"title": Loops}');
    await page.getByText("in line 1, column 11, a value is expected").waitFor();
    await page.getByRole("button", { name: "Send event" }).click();
    expect(new URL(page.url()).pathname).toBe("/send");

    await field.fill('{"title": "Loops"}');
    await field.press("Control+Enter");
    await page.locator("h1").getByText("talk/found").waitFor();
    await page.getByRole("link", { name: "fetch-talk" }).click();
    await page.locator("h1").getByText("Completed").waitFor();
    await page.getByRole("button", { name: /^fetch completed/ }).click();
    await page.getByText("the line was cut").first().waitFor();
    expect(await page.getByRole("list", { name: "Attempts" }).locator("li").count()).toBe(2);
    expectNoComplaints();
  });

  test("sees how long an attempt waited, and the tokens that a model took", async () => {
    const page = await open("/functions/talks/ask");
    await page.getByText("Invoke", { exact: true }).click();
    await page.getByRole("button", { name: "Invoke function" }).click();
    await page.waitForURL(/\/runs\/01/);
    await page.locator("h1").getByText("Completed").waitFor();
    const facts = page.locator("dl.facts");
    await facts.getByText("1,800 tokens in, 39 out, about $0.00041").waitFor();
    await page.getByRole("button", { name: /^ask-model completed/ }).click();
    const attempts = page.getByRole("list", { name: "Attempts" });
    await attempts.getByText(/waited \d+ ms · took \d+ ms/).waitFor();
    await attempts.getByText("gpt-5.4-nano: 1,800 tokens in, 39 out").waitFor();
    await attempts.locator("section[aria-label='Metadata inngest.ai']").waitFor();
    await expectFitForPeople(page);
    expectNoComplaints();
  });

  test("sees what a worker returned as text, never as markup, and a large output folded", async () => {
    const page = await open("/functions/talks/fetch-talk");
    await page.getByText("Invoke", { exact: true }).click();
    await page.getByLabel("Data (JSON)").fill('{"title": "Loops"}');
    await page.getByRole("button", { name: "Invoke function" }).click();
    await page.waitForURL(/\/runs\/01/);
    const output = page.locator("main > .live > section[aria-label=Output] pre");
    await output.waitFor();
    expect(JSON.parse(await textOf(output))).toEqual({ title: `Loops ${MARKUP}` });
    expect(await page.title()).toBe("fetch-talk · System Bus");

    await page.getByRole("button", { name: /^read-captions/ }).click();
    const captions = page.locator(".step-detail section[aria-label=Output]");
    expect((await textOf(captions.locator("pre"))).split("\n").length).toBeLessThan(20);
    await captions.getByRole("button", { name: /^Show all/ }).click();
    expect(await textOf(captions.locator("pre"))).toContain('"line": 399');
    expectNoComplaints();
  });

  test("cancels a run that waits, and runs it again", async () => {
    const page = await open("/send?name=talk/review");
    await page.getByRole("button", { name: "Send event" }).click();
    await page.getByRole("link", { name: "await-approval" }).click();
    await page.getByRole("button", { name: /^approval running/ }).waitFor();
    const address = page.url();
    await page.getByRole("button", { name: "Cancel run" }).click();
    await page.getByRole("button", { name: "Yes, cancel" }).click();
    await page.locator("h1").getByText("Cancelled").waitFor();
    await page.getByRole("button", { name: "Rerun" }).click();
    await page.waitForURL((url) => url.href !== address);
    await page.locator("h1").getByText("Running").waitFor();
    expectNoComplaints();
  });

  test("sees a run fail in the list without doing anything, and why", async () => {
    const page = await open("/runs");
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    const event = { name: "talk/refused", data: {} };
    await fetch(`${engine.url}/e/any`, { method: "POST", body: JSON.stringify(event) });
    await page.getByText(`refused ${MARKUP}`).waitFor();
    expect(await page.locator(".status-word", { hasText: "Failed" }).count()).toBe(1);
    expectNoComplaints();
  });

  test("is told before sending when nothing listens", async () => {
    const page = await open("/send");
    await page.getByLabel("Event name").fill("talk/unheard");
    await page.getByText("No function listens to talk/unheard").waitFor();
    await page.getByRole("button", { name: "Send event" }).click();
    await page.getByText("This event has started no run").waitFor();
    await page.getByRole("link", { name: "Events", exact: true }).first().click();
    await page.getByRole("link", { name: "talk/unheard" }).waitFor();
    expectNoComplaints();
  });

  test("logs in where the engine wants a key, comes back, and may send", async () => {
    const locked = await startLockedEngine();
    try {
      const page = await browser.open(`${locked.url}/send?name=talk/unheard`);
      await page.waitForURL(/\/login\?next=/);
      await page.getByLabel("Signing key").fill(SIGNING_KEY);
      await page.getByRole("button", { name: "Log in" }).click();
      await page.getByRole("button", { name: "Send event" }).click();
      await page.getByText("This event has started no run").waitFor();
    } finally {
      await browser.leave();
      await locked.stop();
    }
  });

  test("pauses a function and lets it go on, and sees in the list that it is paused", async () => {
    const page = await open("/functions/talks/fetch-talk");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused since").waitFor();
    await open("/functions");
    await page.getByText("it starts no runs, and its unfinished ones wait").waitFor();
    await open("/functions/talks/fetch-talk");
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    expect(await page.getByText("Paused since").count()).toBe(0);
    await expectNoComplaints();
  });

  test("finds each function with the events and schedules that start it", async () => {
    const page = await open("/functions");
    await page.locator("main .panel").waitFor();
    await expectFitForPeople(page);
    const row = page.getByRole("row", { name: /await-approval/ });
    expect(await textOf(row.locator(".triggers"))).toMatch(/talk\/review[\s\S]*0 5 \* \* \*/);
    await row.getByRole("link", { name: "talk/review" }).click();
    expect(await page.getByLabel("Event name").inputValue()).toBe("talk/review");
    expectNoComplaints();
  });
});
