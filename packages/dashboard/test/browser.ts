// A real Chromium for tests: with what it prints, so that no test passes while the page complains.

import { expect } from "bun:test";
import axe from "axe-core";
import { chromium, type Locator, type Page } from "playwright-core";

const CHROMIUM_PATH =
  Bun.env["CHROMIUM_PATH"] ?? Bun.which("chromium") ?? Bun.which("google-chrome") ?? undefined;

export const hasChromium = CHROMIUM_PATH !== undefined;

/** A test's name should say why it was skipped. */
export const chromiumHint = hasChromium
  ? "in Chromium"
  : "in Chromium (not found: set CHROMIUM_PATH, or install chromium)";

/** How long a test waits for something to appear. The page polls every second. */
const APPEARS_WITHIN_MS = 6_000;

export interface TestBrowser {
  /** One for all tests of a file: a new one takes longer than most tests. */
  readonly page: Page;
  /** Errors and warnings of the page since it was opened at an address. */
  readonly complaints: readonly string[];
  open(address: string): Promise<Page>;
  /** Leaves the page, so that it asks nothing of an engine that is about to stop. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

export async function launchBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({
    ...(CHROMIUM_PATH === undefined ? {} : { executablePath: CHROMIUM_PATH }),
    args: ["--disable-dev-shm-usage", "--disable-gpu"],
  });
  const page = await browser.newPage({ reducedMotion: "reduce", viewport: DESKTOP });
  page.setDefaultTimeout(APPEARS_WITHIN_MS);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  // Not every browser prints what the page's policy refused.
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      console.error(`refused by ${violatedDirective}: ${blockedURI}`),
    );
  });
  return {
    page,
    complaints,
    open: async (address) => {
      complaints.length = 0;
      await page.goto(address);
      return page;
    },
    leave: async () => {
      await page.goto("about:blank");
    },
    close: () => browser.close(),
  };
}

/** Light and wide, dark and wide, light and small: the first with every rule. */
export async function expectFitForPeople(page: Page): Promise<void> {
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, ["color-contrast"]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(SMALL_PHONE);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize(DESKTOP);
}

const DESKTOP = { width: 1280, height: 800 };
const SMALL_PHONE = { width: 360, height: 740 };
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Holds the page against the rules that a program can check: of WCAG 2.2 AA and of good practice, or
 * the given ones alone.
 */
async function expectAccessible(page: Page, rules?: readonly string[]): Promise<void> {
  // Evaluated, because the page's policy refuses a script tag.
  await page.evaluate(axe.source);
  const runOnly = rules
    ? { type: "rule" as const, values: [...rules] }
    : { type: "tag" as const, values: STANDARDS };
  const problems = await page.evaluate(async (only) => {
    // The line above defines it; the browser knows no types.
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run({ runOnly: only });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  }, runOnly);
  expect({ address: page.url(), problems }).toEqual({ address: page.url(), problems: [] });
}

/** Nothing on the page is wider than the screen. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const excessPx = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect({ address: page.url(), excessPx }).toEqual({ address: page.url(), excessPx: 0 });
}

export async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? "";
}
