import { beforeEach, describe, expect, test } from "bun:test";
import { InFlight } from "./in-flight.ts";

let inFlight: InFlight;

const begin = (itemId: string, runId = "run") =>
  inFlight.begin({ itemId, runId, startedAtMs: 1_000 });

beforeEach(() => {
  inFlight = new InFlight(3);
});

describe("a call in flight", () => {
  test("is found by its item until it ends", () => {
    const call = begin("a");
    expect(inFlight.find("a")).toBe(call);
    inFlight.end(call);
    expect(inFlight.find("a")).toBeUndefined();
  });

  test("that ends again after its item's next call began leaves that one alone", () => {
    const first = begin("a");
    inFlight.end(first);
    const second = begin("a");
    inFlight.end(first);
    expect(inFlight.find("a")).toBe(second);
    inFlight.markSettled("run", "b");
    expect(second.wereStepsSettledMeanwhile).toBe(true);
  });

  test("is the only one of its item", () => {
    begin("a");
    expect(() => begin("a")).toThrow("an item has one call in flight at a time");
  });

  test("has a generation above all of its start and of the starts before", () => {
    const generations = [begin("a"), begin("b")].map(({ generationId }) => generationId);
    const [first = 0, second = 0] = generations;
    expect(second).toBeGreaterThan(first);
    const next = new InFlight(4).begin({ itemId: "a", runId: "run", startedAtMs: 0 });
    expect(next.generationId).toBeGreaterThan(second);
  });
});

describe("a settled step", () => {
  test("is told to the other calls of its run, and to no other run's", () => {
    const [own, other, stranger] = [begin("own"), begin("other"), begin("stranger", "run-2")];
    inFlight.markSettled("run", "own");
    expect(own).toMatchObject({ wereStepsSettledMeanwhile: false, hasSettledSteps: true });
    expect(other.hasSettledSteps).toBe(false);
    expect(other.wereStepsSettledMeanwhile).toBe(true);
    expect(stranger.wereStepsSettledMeanwhile).toBe(false);
  });

  test("that no call has settled is told to all of them", () => {
    const calls = [begin("a"), begin("b")];
    inFlight.markSettled("run", null);
    expect(calls.every((call) => call.wereStepsSettledMeanwhile)).toBe(true);
  });

  test("is nothing to a call that has ended", () => {
    const call = begin("a");
    inFlight.end(call);
    inFlight.markSettled("run", "b");
    expect(call.wereStepsSettledMeanwhile).toBe(false);
  });
});
