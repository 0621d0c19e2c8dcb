import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { agentLine, verdictLine } from "../../test/some-lines.ts";
import type { AttemptLine } from "../record/attempt-line.ts";
import { EMPTY_PLAYBOOK, learn, readPlaybook, recordsOf, writePlaybook } from "./playbook.ts";

const learnFrom = (...attempts: readonly AttemptLine[]) =>
  learn(EMPTY_PLAYBOOK, { loopId: "slugs", attempts }).records;
const FAIL = { verdict: "FAIL" } as const;

describe("what a loop teaches", () => {
  test("the first code that was decided on, with what it took", () => {
    expect(learnFrom(agentLine(), verdictLine())).toEqual([
      {
        ...{ storyKind: "code", tool: "codex", attempts: 1, passes: 1 },
        ...{ costUsd: 0.1, durationMs: 120_000 },
      },
    ]);
  });

  test("B1: a second attempt is nobody's sample, whoever made it", () => {
    const records = learnFrom(
      ...[agentLine(), verdictLine(FAIL)],
      ...[agentLine({ attempt: 2, tool: "pi" }), verdictLine({ attempt: 2, tool: "pi" })],
    );
    expect(records).toMatchObject([{ tool: "codex", attempts: 1, passes: 0 }]);
  });

  test("B1: code that new tests were written for counts by the verdict on it", () => {
    const records = learnFrom(
      ...[agentLine(), verdictLine({ verdict: "NEW_TESTS" }), verdictLine({ attempt: 2 })],
    );
    expect(records).toMatchObject([{ tool: "codex", attempts: 1, passes: 1, costUsd: 0.1 }]);
  });

  test("B2: a reviewer is not credited with the code", () => {
    const review = agentLine({ role: "review", tool: "pi" });
    expect(learnFrom(agentLine(), review, verdictLine())).toMatchObject([{ tool: "codex" }]);
  });

  test.each(["rate-limited", "model-failed", "not-logged-in", "not-installed", "lost", "capped"])(
    "B3: an attempt that ended as %s is no sample",
    (end) => {
      expect(learnFrom(agentLine({ end }), verdictLine(FAIL))).toEqual([]);
    },
  );

  test("B3: an agent that went on after a limit has worked", () => {
    const limited = agentLine({ key: "run.1", end: "rate-limited", costUsd: null });
    expect(learnFrom(limited, agentLine(), verdictLine())).toMatchObject([{ passes: 1 }]);
  });

  test.each(["timed-out", "refused", "out-of-context", "bad-output", "crashed"])(
    "an attempt that ended as %s is a failure of its agent",
    (end) => {
      const records = learnFrom(agentLine({ end }), verdictLine(FAIL));
      expect(records).toMatchObject([{ attempts: 1, passes: 0 }]);
    },
  );

  test.each(["LATER", "NEEDS_HUMAN", "NEW_TESTS"] as const)("%s alone is no sample", (verdict) => {
    expect(learnFrom(agentLine(), verdictLine({ verdict }))).toEqual([]);
  });

  test("a person's word on what was undecided counts", () => {
    const undecided = verdictLine({ verdict: "NEEDS_HUMAN" });
    const approved = verdictLine({ key: "verdict:US-001:1:person" });
    expect(learnFrom(agentLine(), undecided, approved)).toMatchObject([{ passes: 1 }]);
  });

  test("B4: learning again, and from more, adds only what is new", () => {
    const line = fc.record({
      story: fc.constantFrom("A", "B", "C"),
      tool: fc.constantFrom("codex" as const, "pi" as const),
      verdict: fc.constantFrom("PASS" as const, "FAIL" as const, "LATER" as const),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.nat(12), (drawn, cut) => {
        const attempts = drawn.flatMap(({ story: storyId, tool, verdict }, index) => [
          agentLine({ storyId, tool, attempt: index + 1 }),
          verdictLine({ storyId, tool, verdict, attempt: index + 1 }),
        ]);
        const once = learn(EMPTY_PLAYBOOK, { loopId: "slugs", attempts });
        const before = { loopId: "slugs", attempts: attempts.slice(0, 2 * cut) };
        const twice = learn(learn(EMPTY_PLAYBOOK, before), { loopId: "slugs", attempts });
        expect(twice.counted.toSorted()).toEqual(once.counted.toSorted());
        const sums = (records: typeof once.records) =>
          records.map(({ tool, attempts: of, passes }) => `${tool} ${passes}/${of}`).toSorted();
        expect(sums(twice.records)).toEqual(sums(once.records));
      }),
    );
  });

  test("the same of another loop is another sample", () => {
    const attempts = [agentLine(), verdictLine()];
    const one = learn(EMPTY_PLAYBOOK, { loopId: "one", attempts });
    expect(learn(one, { loopId: "two", attempts }).records).toMatchObject([{ attempts: 2 }]);
  });
});

describe("the playbook's file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "playbook-"));
  afterAll(() => rm(folder, { recursive: true }));
  const file = join(folder, "loops", "playbook.json");

  test("one that is not there is empty", async () => {
    expect(await readPlaybook(file)).toEqual(EMPTY_PLAYBOOK);
  });

  test("what was written is read again, and is its owner's alone", async () => {
    const playbook = learn(EMPTY_PLAYBOOK, {
      loopId: "one",
      attempts: [agentLine(), verdictLine()],
    });
    await writePlaybook(file, playbook);
    expect(await readPlaybook(file)).toEqual(playbook);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(recordsOf(playbook, "ui")).toEqual([]);
  });

  test.each(["", "{}", '{"records": 1}'])(
    "one that says %j is named, and how to mend it",
    async (text) => {
      const damaged = join(folder, "damaged.json");
      await Bun.write(damaged, text);
      expect(readPlaybook(damaged)).rejects.toThrow(
        `${damaged} cannot be read: mend it, or remove it`,
      );
    },
  );
});
