// F1 to F4 are the invariants of follow-chain.ts.

import { describe, expect, test } from "bun:test";
import type { UpdateFeed } from "@system-bus/inngest-api";
import { LeapingClock } from "../testing/leaping-clock.ts";
import { createScriptedEngine, type EngineState } from "../testing/scripted-engine.ts";
import { rootOf, runOf, spanOf } from "../testing/trace.ts";
import { Chain } from "./chain.ts";
import { type FollowChange, followChain } from "./follow-chain.ts";

const FIRST = "01M7XX8G26Z39M6Y05EC7VAHVT";
const SECOND = "01M7XX8MPKHYNZ75583VZAY61A";

const emit = spanOf({ name: "emit", stepId: "emit", output: { ids: [SECOND] } });
const firstGoing = { run: runOf({ id: "r1" }), root: rootOf("RUNNING") };
const firstDone = {
  run: runOf({ id: "r1", status: "COMPLETED" }),
  root: rootOf("COMPLETED", [emit]),
};
const secondFailed = {
  run: runOf({ id: "r2", status: "FAILED" }),
  root: { ...rootOf("FAILED"), output: { name: "Error", message: "no" } },
};

const triggers = ["a/b", "c/d"];
const starting: EngineState = { events: {}, runs: {}, triggers };
const going: EngineState = {
  events: { [FIRST]: { name: "a/b", runIds: ["r1"] } },
  runs: { r1: firstGoing },
  triggers,
};
const done: EngineState = {
  events: { ...going.events, [SECOND]: { name: "c/d", runIds: ["r2"] } },
  runs: { r1: firstDone, r2: secondFailed },
  triggers,
};

interface Following {
  readonly changes: readonly FollowChange[];
  readonly clock: LeapingClock;
  readonly chain: Chain;
  readonly asked: readonly string[];
}

/** Follows from one state to the next: a state lasts until the given number of looks is over. */
async function follow(
  states: readonly (readonly [looks: number, state: EngineState])[],
  stopAfterLooks = Number.POSITIVE_INFINITY,
  listen?: UpdateFeed,
): Promise<Following> {
  const left = states.map(([looks, state]) => ({ looks, state }));
  const engine = createScriptedEngine(left[0]?.state ?? starting);
  const clock = new LeapingClock();
  const chain = new Chain([FIRST], 0);
  const stop = new AbortController();
  const changes: FollowChange[] = [];
  let lookCount = 0;
  await followChain({
    api: engine.api,
    updates: listen ?? silentFeed,
    chain,
    clock,
    signal: stop.signal,
    tell: (change) => changes.push(change),
    async afterLook() {
      lookCount += 1;
      if (lookCount >= stopAfterLooks) stop.abort();
      const [now] = left;
      if (now && --now.looks === 0) left.shift();
      engine.state = left[0]?.state ?? engine.state;
    },
  });
  return { changes, clock, chain, asked: engine.asked };
}

/** Inngest itself: it tells nothing. */
const silentFeed: UpdateFeed = { listen: () => () => {} };

const typesOf = (changes: readonly FollowChange[]) => changes.map(({ type }) => type);

test("a chain is followed from its event through the runs and events that follow", async () => {
  const { changes, chain } = await follow([
    [1, starting],
    [1, going],
    [1, done],
  ]);
  expect(typesOf(changes)).toEqual([
    "event",
    "run-started",
    "step-ended",
    "run-ended",
    "event",
    "run-started",
    "run-ended",
  ]);
  expect(chain.hasEnded).toBe(true);
  expect(changes.at(-1)).toMatchObject({ run: { id: "r2", status: "FAILED" } });
});

test("looks grow rarer while nothing happens, and are quick again after a change (F1)", async () => {
  const { clock } = await follow([
    [20, going],
    [1, done],
  ]);
  expect(clock.sleptMs.slice(0, 3)).toEqual([100, 130, 169]);
  expect(Math.max(...clock.sleptMs)).toBe(1_000);
  expect(clock.sleptMs.at(-1)).toBe(100);
});

describe("an engine that doesn't answer", () => {
  test("is waited for, and told of once (F2)", async () => {
    const { changes, chain } = await follow([
      [1, going],
      [30, { ...going, isDown: true }],
      [1, done],
    ]);
    const types = typesOf(changes);
    expect(types.filter((type) => type === "engine-lost")).toHaveLength(1);
    expect(types.indexOf("engine-back")).toBe(types.indexOf("engine-lost") + 1);
    expect(chain.hasEnded).toBe(true);
  });

  test("for two minutes ends the following with its error (F2)", async () => {
    const following = follow([
      [1, going],
      [1_000, { ...going, isDown: true }],
    ]);
    await expect(following).rejects.toThrow("No engine answers");
  });

  test("loses no change that was told before", async () => {
    const { changes } = await follow([
      [1, going],
      [5, { ...going, isDown: true }],
      [1, done],
    ]);
    expect(typesOf(changes).filter((type) => type === "run-ended")).toHaveLength(2);
  });
});

test("an engine that came back without its state ends the following (F3)", async () => {
  const following = follow([
    [2, going],
    [1, starting],
  ]);
  await expect(following).rejects.toThrow("restarted without its state");
});

test("an abort ends the following, and the chain says that it goes on", async () => {
  const { chain } = await follow([[100, going]], 3);
  expect(chain.hasEnded).toBe(false);
  expect(chain.openRunIds).toEqual(["r1"]);
});

test("a run that is over is not asked for again", async () => {
  const { asked } = await follow([
    [1, { ...done, runs: { r1: firstDone, r2: { ...secondFailed, run: runOf({ id: "r2" }) } } }],
    [5, { ...done, runs: { r1: firstDone, r2: { ...secondFailed, run: runOf({ id: "r2" }) } } }],
    [1, done],
  ]);
  expect(asked.filter((path) => path === "/api/v2/runs/r1")).toHaveLength(1);
});

test("an engine that tells what changes is looked at once a second only, until the end (F4)", async () => {
  let isStopped = false;
  const { clock, chain } = await follow(
    [
      [5, going],
      [1, done],
    ],
    undefined,
    {
      listen({ onConnection }) {
        onConnection(true);
        return () => {
          isStopped = true;
        };
      },
    },
  );
  expect(new Set(clock.sleptMs)).toEqual(new Set([1_000]));
  expect(chain.hasEnded).toBe(true);
  expect(isStopped).toBe(true);
});
