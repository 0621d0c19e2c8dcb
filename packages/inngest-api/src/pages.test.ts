import { describe, expect, test } from "bun:test";
import { eachItem, type Page } from "./pages.ts";

/** A list of 0, 1, 2, … in pages of two; the cursor is the next number. */
function numbersFrom(countMax: number, asked: (string | undefined)[] = []) {
  return async (cursor: string | undefined): Promise<Page<number>> => {
    asked.push(cursor);
    const first = Number(cursor ?? 0);
    const items = [first, first + 1].filter((number) => number < countMax);
    return { items, cursor: first + 2 < countMax ? String(first + 2) : undefined };
  };
}

describe("each item of a paged list", () => {
  test("comes in order until the last page", async () => {
    expect(await Array.fromAsync(eachItem(numbersFrom(5), 100))).toEqual([0, 1, 2, 3, 4]);
  });

  test("stops at the bound, and asks for no page beyond it", async () => {
    const asked: (string | undefined)[] = [];
    expect(await Array.fromAsync(eachItem(numbersFrom(100, asked), 4))).toEqual([0, 1, 2, 3]);
    expect(asked).toEqual([undefined, "2"]);
  });

  test("a page that the reader doesn't ask for is not loaded", async () => {
    const asked: (string | undefined)[] = [];
    for await (const number of eachItem(numbersFrom(100, asked), 100)) if (number === 1) break;
    expect(asked).toEqual([undefined]);
  });

  test("a cursor that comes a second time ends the list", async () => {
    const loadPage = async (): Promise<Page<number>> => ({ items: [1], cursor: "same" });
    expect(await Array.fromAsync(eachItem(loadPage, 100))).toEqual([1, 1]);
  });
});
