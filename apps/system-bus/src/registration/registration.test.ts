import { expect, test } from "bun:test";
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
