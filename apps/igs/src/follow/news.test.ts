import { beforeEach, describe, expect, test } from "bun:test";
import type { EngineUpdate, UpdateFeed, UpdateListener } from "@system-bus/inngest-api";
import { systemClock } from "../clock.ts";
import { LeapingClock } from "../testing/leaping-clock.ts";
import { runOf } from "../testing/trace.ts";
import { Chain } from "./chain.ts";
import { concernsChain } from "./follow-chain.ts";
import { News } from "./news.ts";

const EVENT = "01M7XX8G26Z39M6Y05EC7VAHVT";

let chain: Chain;
let news: News;
let listener: UpdateListener;
beforeEach(() => {
  chain = new Chain([EVENT], 0);
  chain.sawEvent(EVENT, "a/b", null);
  chain.sawRunsOf(EVENT, [runOf({ id: "r1" })], 0);
  const updates: UpdateFeed = {
    listen(given) {
      listener = given;
      return () => {};
    },
  };
  news = new News(updates, { topics: [], concerns: (update) => concernsChain(chain, update) });
});

const run = (runId: string, eventId: string): EngineUpdate => ({
  kind: "run",
  data: { runId, eventId, status: "RUNNING" },
});

/** How long a wait of a second was. */
async function waitedMs(): Promise<number> {
  const clock = new LeapingClock();
  await news.wait(1_000, clock, new AbortController().signal);
  return clock.nowMs();
}

describe("news of a chain", () => {
  test.each([
    ["of one of its runs", run("r1", "other"), 20],
    ["of a run that one of its events started", run("r9", EVENT), 20],
    ["of a step of one of its runs", { kind: "step", data: { runId: "r1" } }, 20],
    ["of another run", run("r9", "other"), 1_000],
    ["of another run's step", { kind: "step", data: { runId: "r9" } }, 1_000],
    ["of an event", { kind: "event", data: { eventId: EVENT, name: "a/b" } }, 1_000],
  ] as const)("%s makes a wait of %p ms", async (_, update, expectedMs) => {
    listener.onUpdate(update);
    expect(await waitedMs()).toBe(expectedMs);
  });

  test("that was told before the last look is no news", async () => {
    listener.onUpdate(run("r1", EVENT));
    news.clear();
    expect(await waitedMs()).toBe(1_000);
  });

  test("ends a wait that has begun", async () => {
    const waited = news.wait(60_000, systemClock, new AbortController().signal);
    listener.onUpdate(run("r1", EVENT));
    await waited;
  });

  test("ends a wait when the connection comes or goes: what happened meanwhile was not told", async () => {
    expect(news.isTold).toBe(false);
    for (const isConnected of [true, false]) {
      news.clear();
      listener.onConnection(isConnected);
      expect(news.isTold).toBe(isConnected);
      expect(await waitedMs()).toBe(20);
    }
  });
});
