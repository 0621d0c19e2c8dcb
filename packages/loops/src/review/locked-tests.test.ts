import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTouched, type LockedFiles, layTests, lockTests } from "./locked-tests.ts";

const root = await mkdtemp(join(tmpdir(), "locked-"));
afterAll(() => rm(root, { recursive: true, force: true }));

const PATH = "test/deep/a 'b' ü.test.ts";
let review: string;
let clone: string;
let place: { scratch: string; storyId: string; round: number };
let files: LockedFiles;

beforeEach(async () => {
  const folder = await mkdtemp(join(root, "case-"));
  review = join(folder, "review");
  clone = join(folder, "clone");
  place = { scratch: join(folder, "scratch"), storyId: "US-001", round: 1 };
  await mkdir(join(review, "test/deep"), { recursive: true });
  await mkdir(clone);
  await writeFile(join(review, PATH), "the test\n");
  files = await lockTests({ folder: review, paths: [PATH], place });
});

const refused = (code: string) => expect.objectContaining({ code });

describe("locked tests", () => {
  test("lie in another checkout byte by byte, and are untouched there", async () => {
    await layTests({ folder: clone, files, place });
    expect(await readFile(join(clone, PATH), "utf8")).toBe("the test\n");
    expect(await findTouched({ folder: clone, files })).toEqual([]);
    expect(await readdir(join(clone, "test/deep"))).toHaveLength(1);
  });

  test("are locked again when the step runs twice, and not with other bytes (K1)", async () => {
    expect(await lockTests({ folder: review, paths: [PATH], place })).toEqual(files);
    await writeFile(join(review, PATH), "another\n");
    const again = lockTests({ folder: review, paths: [PATH], place });
    expect(again).rejects.toEqual(refused("CHANGE_REFUSED"));
    const next = await lockTests({ folder: review, paths: [PATH], place: { ...place, round: 2 } });
    expect(next).not.toEqual(files);
  });

  test("count as touched when they are changed, gone, or a link (K3)", async () => {
    expect(await findTouched({ folder: clone, files })).toEqual([PATH]);
    await layTests({ folder: clone, files, place });
    await writeFile(join(clone, PATH), "the test\n ");
    expect(await findTouched({ folder: clone, files })).toEqual([PATH]);
    await rm(join(clone, PATH));
    await symlink(join(review, PATH), join(clone, PATH));
    expect(await findTouched({ folder: clone, files })).toEqual([PATH]);
  });

  test("take the place of what an agent has put there, without following it (K2)", async () => {
    const elsewhere = join(root, "elsewhere.txt");
    await writeFile(elsewhere, "mine");
    await mkdir(join(clone, "test/deep"), { recursive: true });
    await symlink(elsewhere, join(clone, PATH));
    await layTests({ folder: clone, files, place });
    expect(await readFile(elsewhere, "utf8")).toBe("mine");
    expect(await findTouched({ folder: clone, files })).toEqual([]);

    await rm(join(clone, PATH));
    await mkdir(join(clone, PATH, "inside"), { recursive: true });
    await layTests({ folder: clone, files, place });
    expect(await findTouched({ folder: clone, files })).toEqual([]);
  });

  test("are laid through no link that leads out of the checkout (K2)", async () => {
    const outside = await mkdtemp(join(root, "outside-"));
    await symlink(outside, join(clone, "test"));
    expect(layTests({ folder: clone, files, place })).rejects.toEqual(refused("CHANGE_REFUSED"));
    expect(await readdir(outside)).toEqual([]);
    expect(await findTouched({ folder: clone, files })).toEqual([PATH]);

    await rm(join(clone, "test"));
    await symlink(join(root, "nowhere"), join(clone, "test"));
    expect(layTests({ folder: clone, files, place })).rejects.toEqual(refused("CHANGE_REFUSED"));
  });

  test("are never laid from a scratch folder that was changed", async () => {
    await writeFile(join(place.scratch, "locked/US-001/1", PATH), "weaker\n");
    expect(layTests({ folder: clone, files, place })).rejects.toEqual(refused("RECORD_DAMAGED"));
  });
});
