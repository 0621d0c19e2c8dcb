// The dashboard as `igs dev` serves it, in a real browser. packages/dashboard looks at every page.

import { expect, test } from "bun:test";
import { chromium, type Page } from "playwright-core";
import { findFreePort } from "./harness/free-port.ts";
import { igsArgv, runIgs } from "./harness/igs.ts";
import { Scratch } from "./harness/scratch.ts";
import { chromiumPath } from "./harness/tools.ts";
import { untilTestEnds } from "./harness/until-test-ends.ts";

test.skipIf(chromiumPath === null)(
  "the dashboard of igs dev, in Chromium, shows a run as it ends, and leads to its steps",
  async () => {
    const scratch = untilTestEnds(await Scratch.create());
    const env = {
      BUS_ENGINE_PORT: String(findFreePort()),
      BUS_WORKER_PORT: String(findFreePort()),
    };
    const dev = scratch.spawn(igsArgv("dev"), { env });
    await dev.waitForLine(/"type":"ready"/);

    const { page, complaints } = await openPage(scratch);
    await page.goto(`http://127.0.0.1:${env.BUS_ENGINE_PORT}/`);
    const event = JSON.stringify({ action: "look", tool: "dashboard", detail: "A line" });
    await runIgs(scratch, env, ["send", "system/log", "--data", event]);

    const row = page.getByRole("row").filter({ hasText: "system-logger" });
    await row.getByText("Completed").waitFor();
    await row.getByRole("link").click();
    await page.getByText("append").first().waitFor();
    expect(page.url()).toContain("/runs/");
    expect(complaints).toEqual([]);

    dev.signal("SIGINT");
    expect(await dev.exited()).toBe(0);
  },
);

async function openPage(
  scratch: Scratch,
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    // Containers have little shared memory.
    args: ["--disable-dev-shm-usage"],
    env: scratch.env,
  });
  scratch.atEnd(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { page, complaints };
}
