import { expect, test } from "bun:test";
import fc from "fast-check";
import { Heap } from "./heap.ts";

test("whatever goes in comes out smallest first", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new Heap<number>((a, b) => a < b);
      for (const number of numbers) heap.push(number);
      const out: number[] = [];
      for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next);
      expect(out).toEqual([...numbers].sort((a, b) => a - b));
    }),
  );
});

test("an empty heap has nothing to give", () => {
  const heap = new Heap<number>((a, b) => a < b);
  expect(heap.pop()).toBeUndefined();
  expect(heap.peek()).toBeUndefined();
  expect(heap.size).toBe(0);
});

test("what is retained is in order, the rest is gone", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (numbers, floor) => {
      const heap = new Heap<number>((a, b) => a < b);
      for (const number of numbers) heap.push(number);
      heap.retain((number) => number >= floor);
      const out: number[] = [];
      for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next);
      expect(out).toEqual(numbers.filter((number) => number >= floor).sort((a, b) => a - b));
    }),
  );
});
