import { describe, expect, test } from "bun:test";
import { CliError } from "../output/failure.ts";
import { readDemoOptions } from "./demo-options.ts";

describe("the demo's arguments", () => {
  test("without any it is the sample talk, and nothing stays", () => {
    expect(readDemoOptions([])).toEqual({
      url: null,
      shouldKeep: false,
      shouldCrash: false,
      shouldStop: false,
    });
  });

  test("an address and a flag may come in any order", () => {
    const url = "http://127.0.0.1:8000/talk.mp4";
    expect(readDemoOptions([url, "--keep"])).toEqual(readDemoOptions(["--keep", url]));
    expect(readDemoOptions([url, "--crash"])).toMatchObject({ url, shouldCrash: true });
  });

  const REFUSED = [
    ["ftp://example.org/x.mp4"],
    ["file:///etc/passwd"],
    ["not an address"],
    ["--unknown"],
    ["http://a.example/", "http://b.example/"],
  ];
  for (const argv of REFUSED) {
    test(`${argv.join(" ")} is refused as wrong use`, () => {
      expect(() => readDemoOptions(argv)).toThrow(CliError);
    });
  }
});
