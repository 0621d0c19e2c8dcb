import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createUlidSource, isUlid, ulidFloor, ulidFromSeed, ulidTimeMs } from "./ulid.ts";

const NOON_MS = Date.UTC(2026, 10, 21, 12);

describe("a source of ULIDs", () => {
  test("gives ids that carry the moment they were made", () => {
    const nextUlid = createUlidSource({ nowMs: () => NOON_MS, random: () => 0.5 });
    const ulid = nextUlid();
    expect(isUlid(ulid)).toBe(true);
    expect(ulidTimeMs(ulid)).toBe(NOON_MS);
  });

  test("gives rising ids within one millisecond (U1)", () => {
    const nextUlid = createUlidSource({ nowMs: () => NOON_MS, random: Math.random });
    const ulids = Array.from({ length: 1_000 }, nextUlid);
    expect(ulids.toSorted()).toEqual(ulids);
    expect(new Set(ulids).size).toBe(1_000);
  });

  test("gives rising ids while its clock steps back (U1)", () => {
    const moments = [NOON_MS, NOON_MS - 5_000, NOON_MS + 1, NOON_MS - 1];
    const nextUlid = createUlidSource({ nowMs: () => moments.shift() ?? 0, random: Math.random });
    const ulids = [nextUlid(), nextUlid(), nextUlid(), nextUlid()];
    expect(ulids.toSorted()).toEqual(ulids);
    expect(ulids.map(ulidTimeMs)).toEqual([NOON_MS, NOON_MS, NOON_MS + 1, NOON_MS + 1]);
  });

  test("carries over when the lower half of the chance is used up", () => {
    const draws = [0, 0, 0.9999999, 0.9999999];
    const nextUlid = createUlidSource({ nowMs: () => NOON_MS, random: () => draws.shift() ?? 0 });
    expect(nextUlid()).toEndWith("00000000ZZZZZZZZ");
    expect(nextUlid()).toEndWith("0000000100000000");
  });

  test("moves on to the next millisecond when all chance is used up", () => {
    const draws = Array.from({ length: 4 }, () => 0.9999999);
    const nextUlid = createUlidSource({ nowMs: () => NOON_MS, random: () => draws.shift() ?? 0 });
    expect(nextUlid()).toEndWith("ZZZZZZZZZZZZZZZZ");
    expect(ulidTimeMs(nextUlid())).toBe(NOON_MS + 1);
  });

  test("orders any run of clock readings (property)", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { minLength: 2, maxLength: 50 }), (steps) => {
        const readings = [...steps];
        const nextUlid = createUlidSource({
          nowMs: () => NOON_MS + (readings.shift() ?? 0),
          random: Math.random,
        });
        const ulids = steps.map(nextUlid);
        for (const [i, ulid] of ulids.entries()) {
          const before = ulids[i - 1];
          if (before !== undefined) expect(ulid > before).toBe(true);
        }
      }),
    );
  });
});

describe("a ULID from a sender's seed", () => {
  const entropy = Uint8Array.of(1, 2, 3, 4, 5, 6, 0, 0, 0, 254);

  test("is the same for the same seed and index, and another for the next (U2)", () => {
    expect(ulidFromSeed(NOON_MS, entropy, 0)).toBe(ulidFromSeed(NOON_MS, entropy, 0));
    expect(ulidFromSeed(NOON_MS, entropy, 1)).not.toBe(ulidFromSeed(NOON_MS, entropy, 0));
  });

  test("adds index + 1 to the last four bytes, big-endian", () => {
    const written = (index: number) => decodeEntropy(ulidFromSeed(NOON_MS, entropy, index));
    expect(written(0)).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 0, 255]);
    expect(written(1)).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 1, 0]);
  });

  test("wraps within the last four bytes and leaves the sixth alone", () => {
    const full = Uint8Array.of(1, 2, 3, 4, 5, 6, 255, 255, 255, 255);
    expect(decodeEntropy(ulidFromSeed(NOON_MS, full, 0))).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 0, 0]);
  });

  test("does not write to the seed it was given", () => {
    ulidFromSeed(NOON_MS, entropy, 7);
    expect([...entropy]).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 0, 254]);
  });

  test("reads a seed that is a window into a larger buffer", () => {
    const larger = Uint8Array.of(9, 9, ...entropy, 9);
    expect(ulidFromSeed(NOON_MS, larger.subarray(2, 12), 3)).toBe(
      ulidFromSeed(NOON_MS, entropy, 3),
    );
  });

  test("refuses a seed of another length", () => {
    expect(() => ulidFromSeed(NOON_MS, new Uint8Array(9), 0)).toThrow("10 bytes");
  });

  test("keeps its time and its bytes (property)", () => {
    const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), bytes, (seconds, seed) => {
        const ulid = ulidFromSeed(seconds * 1_000, seed, 0);
        expect(isUlid(ulid)).toBe(true);
        expect(ulidTimeMs(ulid)).toBe(seconds * 1_000);
        expect(decodeEntropy(ulid).slice(0, 6)).toEqual([...seed.slice(0, 6)]);
      }),
    );
  });
});

describe("the floor of a moment", () => {
  test("lies between the ids before it and those from it on", () => {
    const ulidAt = (ms: number) => createUlidSource({ nowMs: () => ms, random: () => 0 })();
    expect(ulidFloor(NOON_MS) > ulidAt(NOON_MS - 1)).toBe(true);
    expect(ulidFloor(NOON_MS) <= ulidAt(NOON_MS)).toBe(true);
  });

  test.each([-1, Number.NEGATIVE_INFINITY, 2 ** 60])("of %p is an id, too", (ms) => {
    expect(isUlid(ulidFloor(ms))).toBe(true);
  });
});

describe("text that may be a ULID", () => {
  test.each([
    ["", false],
    ["01ARZ3NDEKTSV4RRFFQ69G5FAV", true],
    ["01arz3ndektsv4rrffq69g5fav", false],
    ["01ARZ3NDEKTSV4RRFFQ69G5FA", false],
    ["81ARZ3NDEKTSV4RRFFQ69G5FAV", false],
    ["01ARZ3NDEKTSV4RRFFQ69G5FAU", false],
    ["01ARZ3NDEKTSV4RRFFQ69G5FAV\n", false],
  ])("%p is a ULID: %p", (text, expected) => {
    expect(isUlid(text)).toBe(expected);
  });

  test("has no time when it is none", () => {
    expect(() => ulidTimeMs("run-1")).toThrow("only a ULID");
  });

  test("gives the time that other writers of ULIDs put in", () => {
    expect(ulidTimeMs("01ARZ3NDEKTSV4RRFFQ69G5FAV")).toBe(1_469_922_850_259);
  });
});

function decodeEntropy(ulid: string): number[] {
  let bits = 0n;
  for (const char of ulid.slice(10)) {
    bits = bits * 32n + BigInt("0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(char));
  }
  return Array.from({ length: 10 }, (_, i) => Number((bits >> BigInt(8 * (9 - i))) & 255n));
}
