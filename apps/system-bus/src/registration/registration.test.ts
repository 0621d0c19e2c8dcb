import { describe, expect, test } from "bun:test";
import { Registration, type RegistrationCheck, RegistrationError } from "./registration.ts";

/** Time that only moves when the loop sleeps; stops the loop after some sleeps. */
function loop(options: {
  readonly checks?: readonly RegistrationCheck[];
  readonly failures?: readonly (Error | null)[];
  readonly sleeps: number;
}) {
  const checks = [...(options.checks ?? [])];
  const failures = [...(options.failures ?? [])];
  const sleptMs: number[] = [];
  const told: string[] = [];
  let registerCount = 0;
  const registration: Registration = new Registration({
    clock: {
      nowMs: () => 0,
      sleepMs: async (durationMs) => {
        sleptMs.push(durationMs);
        if (sleptMs.length >= options.sleeps) registration.stop();
      },
    },
    check: async () => checks.shift() ?? { kind: "as-coded" },
    register: async () => {
      registerCount += 1;
      const failure = failures.shift();
      if (failure) throw failure;
    },
    onChange: (state, reason) =>
      told.push(reason === null ? state.kind : `${state.kind}: ${reason}`),
  });
  return { registration, sleptMs, told, count: () => registerCount };
}

const down = new RegistrationError("no engine answers", { isEngineDown: true });

test("it registers at the start, then looks every 30 s and leaves well alone", async () => {
  const { registration, sleptMs, told, count } = loop({ sleeps: 4 });
  await registration.run();
  expect(count()).toBe(1);
  expect(sleptMs).toEqual([30_000, 30_000, 30_000, 30_000]);
  expect(told).toEqual(["registered: the worker has started"]);
});

test("what drifted is registered again, with the reason told", async () => {
  const { registration, told, count } = loop({
    checks: [{ kind: "as-coded" }, { kind: "drifted", reason: "ok is not registered" }],
    sleeps: 4,
  });
  await registration.run();
  expect(count()).toBe(2);
  expect(told).toEqual(["registered: the worker has started", "registered: ok is not registered"]);
});

test("an engine that is down is asked again after growing pauses, said once, and found when it comes", async () => {
  const { registration, sleptMs, told } = loop({
    failures: [...new Array<Error>(7).fill(down), null],
    sleeps: 9,
  });
  await registration.run();
  expect(sleptMs).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  expect(told).toEqual(["engine-down", "registered"]);
  expect(registration.state).toEqual({ kind: "registered", at: "1970-01-01T00:00:00.000Z" });
});

test("an engine that goes away is registered with anew when it is back: its memory may be gone", async () => {
  const { registration, told, count } = loop({
    checks: [{ kind: "engine-down", problem: "gone" }],
    sleeps: 3,
  });
  await registration.run();
  expect(count()).toBe(2);
  expect(told).toEqual(["registered: the worker has started", "engine-down", "registered"]);
});

test("an engine that refuses the functions is told apart from one that is down", async () => {
  const { registration } = loop({
    failures: [new RegistrationError("bad key", { isEngineDown: false })],
    sleeps: 1,
  });
  await registration.run();
  expect(registration.state).toEqual({ kind: "refused", problem: "bad key" });
});

test("whatever is thrown, the loop goes on", async () => {
  const { registration, count } = loop({
    failures: [new TypeError("a surprise"), null],
    sleeps: 3,
  });
  await registration.run();
  expect(count()).toBe(2);
});

describe("an audit", () => {
  const drifted = { kind: "drifted", reason: "ok is not registered" } as const;
  const asCoded = { kind: "as-coded" } as const;

  /** A worker that has registered, and whose engine then answers these. */
  function registered(checks: readonly RegistrationCheck[], failures: (Error | null)[] = []) {
    const left = [...checks];
    const refusals = [null, ...failures];
    let nowMs = 1_000;
    let registerCount = 0;
    const registration = new Registration({
      clock: { nowMs: () => nowMs, sleepMs: async () => registration.stop() },
      check: async () => {
        const check = left.shift();
        if (check === undefined) throw new Error("the engine does not answer");
        return check;
      },
      register: async () => {
        registerCount += 1;
        const failure = refusals.shift();
        if (failure) throw failure;
      },
      onChange: () => {},
    });
    const passMs = (durationMs: number) => {
      nowMs += durationMs;
    };
    return { registration, passMs, count: () => registerCount };
  }

  test("finds nothing where all is as coded", async () => {
    const { registration, count } = registered([asCoded, asCoded]);
    await registration.run();
    expect(await registration.audit(0)).toEqual([]);
    expect(count()).toBe(1);
  });

  test("mends what drifted, and tells it", async () => {
    const { registration, count } = registered([drifted, asCoded]);
    await registration.run();
    expect(await registration.audit(0)).toEqual([{ atMs: 1_000, reason: "ok is not registered" }]);
    expect(count()).toBe(2);
  });

  test("tells what a round has mended since the last audit, and not what is older", async () => {
    const { registration, passMs } = registered([drifted, asCoded, asCoded, asCoded]);
    await registration.run();
    await registration.audit(0);
    passMs(5_000);
    expect(await registration.audit(999)).toHaveLength(1);
    const { registration: other } = registered([drifted, asCoded, asCoded, asCoded]);
    await other.run();
    await other.audit(0);
    expect(await other.audit(1_000)).toEqual([]);
  });

  test.each([
    ["still differs after registering", [drifted, drifted], "registering does not help"],
    [
      "refuses to be told",
      [drifted, drifted],
      "registering does not help: ok is not registered (it said no)",
    ],
    ["goes away", [asCoded, { kind: "engine-down", problem: "gone" }], "gone"],
    ["does not answer", [asCoded], "the engine does not answer"],
  ] as const)("of an engine that %s fails, and is never ok", async (what, checks, words) => {
    const refusal = new RegistrationError("it said no", { isEngineDown: false });
    const { registration } = registered(checks, what.startsWith("refuses") ? [refusal] : []);
    await registration.run();
    expect(
      await registration.audit(0).then(
        () => "ok",
        (error: unknown) => String(error),
      ),
    ).toContain(words);
  });

  test("and a round never look at the same time", async () => {
    let lookCount = 0;
    let looksAtOnce = 0;
    const registration: Registration = new Registration({
      clock: { nowMs: () => 0, sleepMs: async () => {} },
      check: async () => asCoded,
      register: async () => {
        looksAtOnce += 1;
        lookCount += 1;
        await Promise.resolve();
        expect(looksAtOnce).toBe(1);
        looksAtOnce -= 1;
        throw new RegistrationError("no", { isEngineDown: false });
      },
      onChange: () => {},
    });
    await Promise.all([registration.audit(0), registration.audit(0), registration.audit(0)]);
    expect(lookCount).toBe(3);
  });
});
