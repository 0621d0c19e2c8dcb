import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readClaim, takeClaim } from "../src/record/claim.ts";
import { loopPlaces } from "../src/record/loop-places.ts";
import { openLoopRecord } from "../src/record/loop-record.ts";
import { LOOP_ID, someFact, somePrd } from "./some-facts.ts";
import { doWith, PROJECT, type Thing } from "./things-with-record.ts";

/** More changes on the disk than any of the things makes. */
const CHANGES_MAX = 30;
const AT = "2026-11-24T10:00:00.000Z";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loops-killed-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const recordOf = (place: string) => openLoopRecord(loopPlaces(place, LOOP_ID));

/** False when it came to its end before it was killed. */
async function dies(what: Thing, place: string, when: number | "tear"): Promise<boolean> {
  const main = fileURLToPath(new URL("./dying-process.ts", import.meta.url));
  const process_ = Bun.spawn([process.execPath, main, what, place, String(when)], {
    stdout: "ignore",
    stderr: "pipe",
  });
  const exitCode = await process_.exited;
  if (process_.signalCode === "SIGKILL") return true;
  expect({ exitCode, said: await new Response(process_.stderr).text() }).toEqual({
    exitCode: 0,
    said: "",
  });
  return false;
}

/** Kills it before each change in turn, and lets it end at last; `inspect` looks at what was left. */
async function killBeforeEachChange(
  what: Thing,
  prepare: (place: string) => Promise<unknown>,
  inspect: (place: string) => Promise<void>,
): Promise<number> {
  for (let changes = 0; changes < CHANGES_MAX; changes += 1) {
    const place = join(folder, String(changes));
    await prepare(place);
    const isKilled = await dies(what, place, changes);
    await inspect(place);
    if (!isKilled) return changes;
  }
  throw new Error(`${what} has not come to its end after ${CHANGES_MAX} changes`);
}

describe("a process that is killed between any two changes on the disk", () => {
  test("while it stores a PRD leaves none or a whole one, and storing again works", async () => {
    const prd = somePrd({ id: "A" });
    const changes = await killBeforeEachChange(
      "store",
      async () => {},
      async (place) => {
        expect([null, prd]).toContainEqual(await recordOf(place).readPrd());
        await recordOf(place).storePrd(prd);
        expect(await recordOf(place).readPrd()).toEqual(prd);
      },
    );
    expect(changes).toBeGreaterThan(4);
  }, 30_000);

  test("while it appends leaves the fact once or not at all, and appending again brings it once", async () => {
    const begun = someFact("begun");
    const planned = someFact("planned");
    const prepare = async (place: string) => {
      await doWith("store", place);
      await recordOf(place).append(begun);
    };
    const changes = await killBeforeEachChange("append", prepare, async (place) => {
      const record = recordOf(place);
      const found = await record.facts();
      expect(["begun", "begun planned"]).toContain(
        found.map(({ key }) => key.split(":")[0]).join(" "),
      );
      expect(await record.append(planned)).toBe(found.length === 1);
      expect(await record.append(someFact("baseline"))).toBeTrue();
      expect(await record.facts()).toEqual([begun, planned, someFact("baseline")]);
    });
    expect(changes).toBeGreaterThan(1);
  }, 30_000);

  test("in the midst of a write leaves a torn line, which is dropped (R4)", async () => {
    await doWith("store", folder);
    await recordOf(folder).append(someFact("begun"));
    expect(await dies("append", folder, "tear")).toBeTrue();
    const journal = await readFile(loopPlaces(folder, LOOP_ID).journal, "utf8");
    expect(journal.split("\n").at(-1)).toStartWith('{"key":"planned:1"');

    expect(await recordOf(folder).facts()).toEqual([someFact("begun")]);
    expect(await doWith("append", folder)).toBeTrue();
    expect(await recordOf(folder).facts()).toEqual([someFact("begun"), someFact("planned")]);
  }, 30_000);

  test("while it takes a claim holds it or not, and taking again works", async () => {
    const changes = await killBeforeEachChange(
      "take",
      async () => {},
      async (place) => {
        const claim = await readClaim(place, PROJECT);
        expect([null, { project: PROJECT, loopId: LOOP_ID, at: AT }]).toContainEqual(claim);
        const other = await takeClaim(place, { project: PROJECT, loopId: "other", at: AT });
        expect(other).toEqual(claim === null ? { kind: "taken" } : { kind: "held", by: LOOP_ID });
        if (claim !== null) expect(await doWith("take", place)).toEqual({ kind: "taken" });
      },
    );
    expect(changes).toBeGreaterThan(5);
  }, 30_000);

  test("while it gives a claim back holds it or not, and giving it back again works", async () => {
    await killBeforeEachChange(
      "release",
      (place) => doWith("take", place),
      async (place) => {
        await doWith("release", place);
        expect(await readClaim(place, PROJECT)).toBeNull();
        expect(await takeClaim(place, { project: PROJECT, loopId: "other", at: AT })).toEqual({
          kind: "taken",
        });
      },
    );
  }, 30_000);
});
