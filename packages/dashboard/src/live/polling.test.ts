import { beforeEach, describe, expect, test } from "bun:test";
import { type After, failureDelayMs, Polling } from "./polling.ts";

interface Timer {
  readonly delayMs: number;
  readonly act: () => void;
}

/** A load that a test ends by hand, and the timers that were set meanwhile. */
class Stage {
  timers = new Set<Timer>();
  seen: string[] = [];
  loads: PromiseWithResolvers<string>[] = [];
  signals: AbortSignal[] = [];
  restMs = 0;

  readonly after: After = (delayMs, act) => {
    const timer = { delayMs, act };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  };

  start(isVisible = true): Polling<string> {
    const options = {
      load: (signal: AbortSignal) => {
        const load = Promise.withResolvers<string>();
        this.loads.push(load);
        this.signals.push(signal);
        return load.promise;
      },
      onValue: (value: string) => this.seen.push(value),
      onFailure: (error: unknown, retryInMs: number) =>
        this.seen.push(`${error} again in ${retryInMs}`),
      delayMs: (value: string) => (value === "ended" ? 10_000 : 1_000),
      restMs: () => this.restMs,
      after: this.after,
    };
    return new Polling(options, isVisible);
  }

  async answer(value: string): Promise<void> {
    this.loads.at(-1)?.resolve(value);
    await settle();
  }

  async fail(): Promise<void> {
    this.loads.at(-1)?.reject("down");
    await settle();
  }

  fireTimer(): number {
    const [timer, ...more] = this.timers;
    if (timer === undefined || more.length > 0) throw new Error("there is not exactly one timer");
    this.timers.delete(timer);
    timer.act();
    return timer.delayMs;
  }
}

const settle = async () => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

describe("polling", () => {
  test("loads at once, and again after the gap that the value asks for", async () => {
    stage.start();
    await stage.answer("a");
    expect(stage.fireTimer()).toBe(1_000);
    await stage.answer("ended");
    expect(stage.fireTimer()).toBe(10_000);
    expect(stage.seen).toEqual(["a", "ended"]);
  });

  test("never loads twice at once; a refresh meanwhile loads again afterwards (P1)", async () => {
    const polling = stage.start();
    polling.refresh();
    polling.refresh();
    expect(stage.loads).toHaveLength(1);
    await stage.answer("old");
    expect(stage.loads).toHaveLength(2);
    await stage.answer("new");
    expect(stage.loads).toHaveLength(2);
    expect(stage.seen).toEqual(["old", "new"]);
  });

  test("does not load while hidden, and loads at once when seen again (P2)", async () => {
    const polling = stage.start();
    await stage.answer("a");
    polling.setVisible(false);
    expect(stage.timers.size).toBe(0);
    polling.refresh();
    expect(stage.loads).toHaveLength(1);
    polling.setVisible(true);
    expect(stage.loads).toHaveLength(2);
  });

  test("that starts hidden waits to be seen (P2)", () => {
    const polling = stage.start(false);
    expect(stage.loads).toHaveLength(0);
    polling.setVisible(true);
    expect(stage.loads).toHaveLength(1);
  });

  test("that is hidden during a load sets no timer after it (P2)", async () => {
    const polling = stage.start();
    polling.setVisible(false);
    await stage.answer("a");
    expect(stage.timers.size).toBe(0);
  });

  test("waits longer after each failure, and as before after a success (P3)", async () => {
    stage.start();
    for (const delayMs of [1_500, 3_000, 6_000]) {
      await stage.fail();
      expect(stage.fireTimer()).toBe(delayMs);
    }
    await stage.answer("back");
    expect(stage.fireTimer()).toBe(1_000);
    expect(stage.seen).toEqual([
      "down again in 1500",
      "down again in 3000",
      "down again in 6000",
      "back",
    ]);
  });

  test("reports nothing after it was stopped, and gives up its load (P4)", async () => {
    const polling = stage.start();
    polling.stop();
    expect(stage.signals[0]?.aborted).toBe(true);
    await stage.answer("late");
    polling.refresh();
    expect(stage.loads).toHaveLength(1);
    expect(stage.seen).toEqual([]);
    expect(stage.timers.size).toBe(0);
  });
});

test("the gap after failures has a bound", () => {
  expect(failureDelayMs(50)).toBe(15_000);
});

describe("polling that is told of changes", () => {
  test("loads soon after one, and once for many (P5)", async () => {
    const polling = stage.start();
    await stage.answer("a");
    polling.noteChange();
    polling.noteChange();
    expect(stage.fireTimer()).toBe(100);
    await stage.answer("b");
    expect(stage.loads).toHaveLength(2);
    expect(stage.fireTimer()).toBe(1_000);
  });

  test("loads again after a change during a load, with a rest before it (P1, P5)", async () => {
    const polling = stage.start();
    polling.noteChange();
    expect(stage.loads).toHaveLength(1);
    await stage.answer("old");
    expect(stage.fireTimer()).toBe(100);
    await stage.answer("new");
    expect(stage.fireTimer()).toBe(1_000);
  });

  test("rests as long as what it loads asks for (P5)", async () => {
    stage.restMs = 3_000;
    const polling = stage.start();
    await stage.answer("a");
    polling.noteChange();
    expect(stage.fireTimer()).toBe(3_000);
    await stage.answer("b");
    expect(stage.fireTimer()).toBe(3_000);
  });

  test("looks by itself every 10 s only, and every second again when nothing is told any more (P6)", async () => {
    const polling = stage.start();
    await stage.answer("a");
    polling.setTold(true);
    // What changed before it was told is looked for once.
    expect(stage.fireTimer()).toBe(100);
    await stage.answer("b");
    expect(stage.fireTimer()).toBe(10_000);
    await stage.answer("c");
    polling.setTold(false);
    expect(stage.fireTimer()).toBe(100);
    await stage.answer("d");
    expect(stage.fireTimer()).toBe(1_000);
  });

  test("loads nothing while hidden, and at once when seen (P2)", async () => {
    const polling = stage.start();
    await stage.answer("a");
    polling.setVisible(false);
    polling.noteChange();
    expect(stage.timers.size).toBe(0);
    polling.setVisible(true);
    expect(stage.loads).toHaveLength(2);
    await stage.answer("b");
    expect(stage.fireTimer()).toBe(1_000);
  });

  test("loads nothing once it was stopped (P4)", async () => {
    const polling = stage.start();
    await stage.answer("a");
    polling.stop();
    polling.noteChange();
    expect(stage.timers.size).toBe(0);
  });
});
