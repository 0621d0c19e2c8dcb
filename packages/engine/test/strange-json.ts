// JSON that nobody would send on purpose: good samples with something odd in one place, and odd texts.

import fc from "fast-check";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const ODD_VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  "",
  " ",
  "\u0000",
  "\ud800",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "x".repeat(2_000),
  "event.data.x == ",
  "event.data.a.b.c > 1 || true",
  "@every 1s",
  "999999999h",
  "-5s",
  [],
  [[]],
  [null],
  {},
  { "": "" },
  JSON.parse('{"__proto__":{"polluted":true}}'),
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
  { toString: null, valueOf: 1, hasOwnProperty: "no", length: -1 },
];

const ODD_TEXTS: readonly string[] = [
  "",
  " ",
  "{",
  "null",
  '"',
  "\u0000",
  "\ufeff{}",
  "{}{}",
  '{"name":"a","name":"b"}',
  "[".repeat(100_000),
  `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
  `[${"1,".repeat(50_000)}1]`,
  "NaN",
  "<xml/>",
  '{"data":1e999}',
];

/** A sample as it is, or with an odd value in one or two of its places. */
export function almost(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  const value = fc.oneof(fc.constantFrom(...ODD_VALUES), fc.jsonValue({ maxDepth: 3 }));
  const change = fc.record({ value, place: fc.nat(), isRemoved: fc.boolean() });
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 2 }))
    .map(([sample, changes]) =>
      changes.reduce<unknown>(
        (json, { place, value: odd, isRemoved }) =>
          replaceAt(json, place % countPlaces(json), isRemoved ? undefined : odd),
        sample,
      ),
    );
}

/** Texts of bodies: almost good JSON, odd JSON, and what is none. */
export function strangeBody(samples: readonly unknown[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: almost(samples).map((value) => JSON.stringify(value) ?? "") },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_TEXTS) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 50 }) },
  );
}

/** The value itself is a place, and so is all that it holds. */
function countPlaces(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, child) => sum + countPlaces(child), 0);
}

function replaceAt(value: unknown, place: number, odd: unknown): unknown {
  if (place === 0 || typeof value !== "object" || value === null) return odd;
  let left = place - 1;
  const replaceIn = (child: unknown): unknown => {
    const size = countPlaces(child);
    const isHere = left >= 0 && left < size;
    const replaced = isHere ? replaceAt(child, left, odd) : child;
    left -= size;
    return replaced;
  };
  if (Array.isArray(value)) return value.map(replaceIn);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replaceIn(child)]));
}
