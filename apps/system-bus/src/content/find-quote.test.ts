import { expect, test } from "bun:test";
import { createQuoteFinder } from "./find-quote.ts";

const find = createQuoteFinder([
  { start: 0, end: 4, text: "Hello, and welcome to this." },
  { start: 10, end: 14, text: "It’s the network that fails. The network is down." },
]);

test("a quote is given back as it was said, with its moment", () => {
  expect(find("hello and WELCOME to")).toEqual({ text: "Hello, and welcome to", at: 0 });
  expect(find("“the network is down”")).toEqual({ text: "The network is down.", at: 12 + 2 / 9 });
});

test("a quote may run over the end of a segment", () => {
  expect(find("to this it's the")).toEqual({ text: "to this. It’s the", at: 2.4 });
});

test("what nobody said is not found, nor is a quote of two words", () => {
  expect(find("the network is up again")).toBeNull();
  expect(find("the network")).toBeNull();
  expect(find("")).toBeNull();
  expect(find("… — …")).toBeNull();
});
