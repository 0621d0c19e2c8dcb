import { describe, expect, test } from "bun:test";
import { someAnswers } from "../testing/some-setup.ts";
import { readAnswers, readTier } from "./read-answers.ts";

const defaults = { ...someAnswers({ tier: 2 }), foundAgents: [] };

describe("the tier", () => {
  test.each([
    ["experiment", 1],
    ["persistent", 2],
    ["full", 3],
  ] as const)("of %s is %d", (purpose, tier) => {
    expect(readTier({ for: purpose })).toBe(tier);
    expect(readTier({ for: purpose, tier })).toBe(tier);
  });

  test("0, the embedded engine, stands in for any", () => {
    expect(readTier({ for: "persistent", tier: 0 })).toBe(0);
  });

  test("that contradicts the purpose is refused", () => {
    expect(() => readTier({ for: "experiment", tier: 3 })).toThrow("means tier 1");
  });
});

describe("where nobody can be asked", () => {
  test("an open question is an error that names the flags", () => {
    expect(() => readAnswers({}, defaults)).toThrow(/--for .*--tier.*--work .*--vault/);
    expect(() => readAnswers({ tier: 0, work: "both" }, defaults)).toThrow(
      /open: --vault FOLDER\./,
    );
  });

  test("--yes takes what is proposed, and flags win over it", () => {
    expect(readAnswers({ yes: true }, defaults)).toEqual(someAnswers({ tier: 2 }));
    expect(readAnswers({ yes: true, tier: 0, vault: "/notes" }, defaults)).toEqual(
      someAnswers({ tier: 0, vault: "/notes" }),
    );
  });

  test("a worker of one's own needs a folder, and is for Bun unless said otherwise", () => {
    const own = (flags: object) => readAnswers({ yes: true, ...flags }, defaults).ownWorker;
    expect(own({})).toBeNull();
    expect(own({ worker: "/w" })).toEqual({ folder: "/w", runtime: "bun" });
    expect(own({ worker: "/w", runtime: "existing" })).toEqual({ folder: "/w", runtime: null });
    expect(() => own({ runtime: "node" })).toThrow("--worker names no folder");
  });

  test("an archive of none is none", () => {
    const kept = { ...defaults, archive: "/mnt/nas" };
    expect(readAnswers({ yes: true }, kept).archive).toBe("/mnt/nas");
    expect(readAnswers({ yes: true, archive: "none" }, kept).archive).toBeNull();
  });
});
