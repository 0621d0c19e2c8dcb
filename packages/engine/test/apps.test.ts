// Apps that move, lose functions, or get in each other's way.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionConfig } from "../src/core/function-config.ts";
import { APP_URL, createConfig, op, RawEngine, registration } from "./raw-engine.ts";

let engine: RawEngine;
afterEach(() => engine.stop());

const MOVED_URL = "http://app.moved/api/inngest";
const HOUR_MS = 3_600_000;

const statusOf = (eventId: string) => engine.runsOf(eventId)[0]?.status;

async function pass(durationMs: number): Promise<void> {
  for (let ms = 0; ms < durationMs; ms += 1_000) {
    engine.clock.advanceMs(1_000);
    await engine.settle();
  }
}

describe("an app that moves to another address", () => {
  const stays = { slug: "app-stays" };
  const goes: Partial<FunctionConfig> = {
    slug: "app-goes",
    attemptsMax: 1,
    triggers: [{ kind: "event", event: "old" }],
  };

  async function start(): Promise<void> {
    engine = new RawEngine({
      functions: [stays, goes],
      answer: ({ url, steps }) => {
        if (new URL(url).host !== "app.moved") {
          if (url.includes("app-goes") && !("s" in steps)) return { body: [op.sleep("s", "1h")] };
          throw new Error("Unable to connect");
        }
        if (url.includes("app-stays")) return { body: [op.complete("moved")] };
        return { status: 500, body: { message: 'function "app-goes" was not found' } };
      },
    });
    await engine.register();
  }

  const move = () =>
    engine.register({
      ...registration([createConfig({ ...stays, url: MOVED_URL })]),
      url: MOVED_URL,
      checksum: "moved",
    });

  test("gets there the calls that waited for it", async () => {
    await start();
    const id = await engine.send("go");
    await engine.settle();
    expect(statusOf(id)).toBe("RUNNING");
    await move();
    await engine.settle();
    expect(statusOf(id)).toBe("COMPLETED");
    // Never silently: who registers under an app's name takes over its calls.
    const told = engine.logged.filter((line) => line.includes("has moved"));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(APP_URL);
    expect(told[0]).toContain(MOVED_URL);
  });

  test("gets there the calls of functions that it no longer has, which hold up no others", async () => {
    await start();
    const old = await engine.send("old");
    await engine.settle();
    await move();
    engine.clock.advanceMs(HOUR_MS);
    await engine.settle();
    expect(engine.runsOf(old)[0]).toMatchObject({
      status: "FAILED",
      outputJson: expect.stringContaining("was not found"),
    });
    const id = await engine.send("go");
    await pass(10_000);
    expect(statusOf(id)).toBe("COMPLETED");
  });
});

describe("two apps whose functions have the same id", () => {
  test("are told apart from the first on: the second one is refused with what to do", async () => {
    engine = new RawEngine({ answer: () => ({ body: [op.complete()] }) });
    const functions = [createConfig({ slug: "a-b-c" })];
    await engine.register({ ...registration(functions), appName: "a" });
    const second = engine.register({ ...registration(functions), appName: "a-b" });
    await expect(second).rejects.toMatchObject({
      code: "SYNC_REJECTED",
      message: expect.stringMatching(/"a-b-c".*app "a".*Rename/),
    });
    const id = await engine.send();
    await engine.settle();
    expect(engine.runsOf(id)).toHaveLength(1);
  });
});

test("removing an address removes every app that has it", async () => {
  engine = new RawEngine({ answer: () => ({ body: [op.complete()] }) });
  await engine.register({ ...registration([createConfig({ slug: "old-f" })]), appName: "old" });
  await engine.register({ ...registration([createConfig({ slug: "new-f" })]), appName: "new" });
  await engine.commands.removeApp(APP_URL);
  expect(engine.runsOf(await engine.send())).toEqual([]);
});

describe("two registrations in one turn", () => {
  test("leave the functions of the second", async () => {
    engine = new RawEngine({ answer: () => ({ body: [op.complete()] }) });
    const [kept, dropped] = [
      createConfig({ slug: "app-kept" }),
      createConfig({ slug: "app-gone" }),
    ];
    await Promise.all([
      engine.register(registration([kept, dropped])),
      engine.register(registration([kept])),
    ]);
    const id = await engine.send();
    await engine.settle();
    expect(engine.runsOf(id).map(({ functionSlug }) => functionSlug)).toEqual(["app-kept"]);
  });
});

describe("a restart", () => {
  let path: string;
  let asked: string[];
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "engine-"));
    asked = [];
  });
  afterEach(() => rmSync(path, { recursive: true }));

  const open = () =>
    new RawEngine({
      storage: { kind: "directory", path },
      answer: () => ({ body: [op.complete()] }),
      onSync: (url) => asked.push(url),
    });

  const moved = () => registration([createConfig({ slug: "app-f", url: MOVED_URL })]);

  test("asks the known apps for their functions, and not those that were removed", async () => {
    engine = open();
    await engine.register();
    await engine.register({
      ...registration([createConfig({ slug: "other-f" })]),
      appName: "other",
      url: MOVED_URL,
    });
    await engine.commands.removeApp(MOVED_URL);
    engine.stop();
    engine = open();
    expect(asked).toEqual([APP_URL]);
  });

  test("asks the apps of an earlier release, too, whose registrations have to be read anew", async () => {
    engine = open();
    await engine.register();
    engine.stop();
    const db = new Database(join(path, "engine.db"));
    db.exec("UPDATE apps SET checksum = ''");
    db.close();
    engine = open();
    expect(asked).toEqual([APP_URL]);
  });

  test("asks an address no longer when its app has registered from another", async () => {
    engine = open();
    await engine.register();
    engine.stop();
    engine = open();
    await engine.register({ ...moved(), url: MOVED_URL });
    asked.length = 0;
    await pass(60_000);
    expect(asked).toEqual([]);
  });
});
