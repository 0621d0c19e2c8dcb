import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findClaimOf, readClaim, releaseClaim, takeClaim } from "./claim.ts";
import { projectPlaces } from "./loop-places.ts";

const PROJECT = "/home/sam/code/notes";
const AT = "2026-11-24T10:00:00.000Z";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loops-claim-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const take = (loopId: string, project = PROJECT) => takeClaim(folder, { project, loopId, at: AT });
const release = (loopId: string) => releaseClaim(folder, { project: PROJECT, loopId });
const read = () => readClaim(folder, PROJECT);

describe("the claim on a project", () => {
  test("is held by the first that takes it, who may take it again", async () => {
    expect(await read()).toBeNull();
    expect(await take("one")).toEqual({ kind: "taken" });
    expect(await take("two")).toEqual({ kind: "held", by: "one" });
    expect(await take("one")).toEqual({ kind: "taken" });
    expect(await read()).toEqual({ project: PROJECT, loopId: "one", at: AT });
  });

  test("of several at the same moment goes to one, and the others hear to whom", async () => {
    const loops = Array.from({ length: 20 }, (_, index) => `loop-${index}`);
    const takings = await Promise.all(loops.map((loopId) => take(loopId)));
    const holder = loops[takings.findIndex(({ kind }) => kind === "taken")] ?? "";
    for (const [index, taking] of takings.entries()) {
      const isHolder = loops[index] === holder;
      expect(taking).toEqual(isHolder ? { kind: "taken" } : { kind: "held", by: holder });
    }
    expect(await readdir(projectPlaces(folder, PROJECT).folder)).toEqual(["claim"]);
  });

  test("is given back by its own loop alone, as often as it likes", async () => {
    await release("one");
    await take("one");
    await release("two");
    expect(await read()).toMatchObject({ loopId: "one" });
    await release("one");
    await release("one");
    expect(await read()).toBeNull();
    expect(await take("two")).toEqual({ kind: "taken" });
    await release("one");
    expect(await read()).toMatchObject({ loopId: "two" });
  });

  test("holds no other project back", async () => {
    await take("one");
    expect(await take("two", "/home/sam/code/other")).toEqual({ kind: "taken" });
  });

  test("is for its owner's eyes", async () => {
    await take("one");
    const places = projectPlaces(folder, PROJECT);
    for (const path of [places.folder, places.claim]) {
      expect((await stat(path)).mode & 0o777).toBe(0o700);
    }
    expect((await stat(join(places.claim, "one.json"))).mode & 0o777).toBe(0o600);
  });

  test("is not held by what a file manager has left in its folder", async () => {
    await take("one");
    const { claim } = projectPlaces(folder, PROJECT);
    await writeFile(join(claim, ".DS_Store"), "");
    await writeFile(join(claim, "._one.json"), "");
    await mkdir(join(claim, "@eaDir"));
    expect(await take("two")).toEqual({ kind: "held", by: "one" });
    await release("one");
    expect(await read()).toBeNull();
    expect(await take("two")).toEqual({ kind: "taken" });
  });

  test("is found by its loop, among others and what a file manager has left", async () => {
    expect(await findClaimOf(folder, "one")).toBeNull();
    await take("other", "/home/sam/code/other");
    await writeFile(join(folder, "projects", ".DS_Store"), "");
    await take("one");
    expect(await findClaimOf(folder, "one")).toBe(PROJECT);
    await release("one");
    expect(await findClaimOf(folder, "one")).toBeNull();
    await expect(findClaimOf(folder, "../one")).rejects.toThrow("is no loop's id");
  });

  test("that cannot be read is damage, and is not taken by another", async () => {
    await take("one");
    await writeFile(join(projectPlaces(folder, PROJECT).claim, "one.json"), "{");
    for (const reading of [read, () => findClaimOf(folder, "one")]) {
      await expect(reading()).rejects.toThrow(
        "one.json cannot be read. See that loop one has ended",
      );
    }
    expect(await take("two")).toEqual({ kind: "held", by: "one" });
  });

  test("is not taken under a name that no loop has", async () => {
    await expect(take("../other")).rejects.toThrow("is no loop's id");
    await expect(release("../other")).rejects.toThrow("is no loop's id");
  });
});
