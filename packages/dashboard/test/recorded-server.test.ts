// The page on the answers of a real Inngest server, as they were recorded.

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
import { type RecordedEngine, startRecordedEngine } from "./recorded-engine.ts";

// Bun ends a process that a test left when it ran out of time: that would be the browser of all.
setDefaultTimeout(30_000);

const RUN_OK = "01M7XX8G6W1DC58JY8SRGZ2ZER";
const RUN_SLOW = "01M7XX8G6Y82X1J22S5Y001BFP";
const EVENT_OK = "01M7XX8G26Z39M6Y05EC7VAHVT";

describe.skipIf(!hasChromium)(`on a real server's answers, ${chromiumHint}, the page`, () => {
  let browser: TestBrowser;
  let engine: RecordedEngine;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(() => {
    engine = startRecordedEngine();
  });
  afterEach(async () => {
    await browser.leave();
    await engine.stop();
  });

  const open = (path: string) => browser.open(engine.url + path);
  const expectNoComplaints = () => expect(browser.complaints).toEqual([]);

  test("lists runs with their status and the errors of those that failed", async () => {
    const page = await open("/");
    const rows = page.locator("table.runs tbody tr");
    await rows.nth(3).getByText("first try fails").waitFor();
    expect(await rows.locator(".status-word").allTextContents()).toEqual([
      "Completed",
      "Running",
      "Completed",
      "Failed",
    ]);
    expectNoComplaints();
  });

  test("shows a step's attempts once, though the server tells the failed one twice", async () => {
    const page = await open("/");
    await page.getByRole("link", { name: "All kinds of steps" }).click();
    const flaky = page.getByRole("button", { name: /^flaky/ });
    await flaky.click();
    const attempts = page.getByRole("list", { name: "Attempts" }).getByRole("listitem");
    expect(await attempts.allTextContents()).toEqual([
      expect.stringContaining("first try fails"),
      expect.stringContaining("Completed"),
    ]);
    expect(await textOf(page.locator("section[aria-label=Input] pre"))).toContain('"k": "a"');
    expectNoComplaints();
  });

  test("filters by status and function, in an address that can be kept", async () => {
    const page = await open("/");
    await page.getByLabel("Failed").check();
    await page.getByRole("combobox", { name: "Function" }).selectOption("bad");
    await page.waitForURL(/\?status=FAILED&function=demo%2Fbad$/);
    const rows = page.locator("table.runs tbody tr");
    await rows.nth(1).waitFor({ state: "detached" });
    expect(await rows.locator(".row-link").allTextContents()).toEqual(["bad"]);
    await page.reload();
    expect(await page.getByLabel("Failed").isChecked()).toBe(true);
    expectNoComplaints();
  });

  test("cancels a run only after it asked once more", async () => {
    const page = await open(`/runs/${RUN_SLOW}`);
    await page.getByRole("button", { name: "Cancel run" }).click();
    expect(await page.getByRole("button", { name: "Let it run" }).evaluate(isFocused)).toBe(true);
    expect(engine.asked.filter((one) => one.startsWith("POST"))).toEqual([]);
    await page.getByRole("button", { name: "Yes, cancel" }).click();
    await page.locator("h1").getByText("Cancelled").waitFor();
    expect(engine.asked).toContain(`POST /api/v2/runs/${RUN_SLOW}/cancel`);
  });

  test("says so when the engine is gone, keeps what it shows, and goes on by itself", async () => {
    const page = await open("/");
    await page.getByRole("link", { name: "child" }).waitFor();
    const port = Number(new URL(engine.url).port);
    await engine.stop();
    await page.getByText("Engine not reachable, trying again").waitFor();
    expect(await page.getByRole("link", { name: "child" }).isVisible()).toBe(true);
    engine = startRecordedEngine(port);
    await page.getByText("Engine not reachable").waitFor({ state: "detached" });
  });

  test("shows what a server with a fault answers", async () => {
    engine.answerWith(500);
    const page = await open("/");
    const alert = page.getByRole("alert");
    await alert.first().waitFor();
    expect(await textOf(alert.first())).toContain("refused on purpose");
  });

  test("leads to the login and back where the server wants one", async () => {
    engine.answerWith(401);
    const page = await open(`/runs/${RUN_OK}?a=b`);
    await page.waitForURL(/\/login\?/);
    expect(new URL(page.url()).searchParams.get("next")).toBe(`/runs/${RUN_OK}?a=b`);
  });

  test("is fit for screen readers, weak eyes in light and dark, and small phones", async () => {
    for (const path of PATHS) {
      const page = await open(path);
      await page.locator("main .panel, main .value, main .empty").first().waitFor();
      await expectFitForPeople(page);
    }
  });

  const PATHS = [
    "/?status=QUEUED",
    "/",
    `/runs/${RUN_OK}`,
    "/functions/demo/ok",
    `/events/${EVENT_OK}`,
    "/send?name=demo/nothing",
  ];
});

const isFocused = (element: Element) => element === document.activeElement;
