import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFrontmatter } from "./frontmatter.ts";
import { SUMMARY_END, SUMMARY_START } from "./summary-marks.ts";
import { createVault } from "./vault.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vault-"));
});
afterEach(() => rm(folder, { recursive: true }));

const noteOf = (id: string, title = "A talk") => ({
  id,
  title,
  content: `${writeFrontmatter({ id })}\n# ${title}\n\n${SUMMARY_START}\nnone\n${SUMMARY_END}\n`,
});
const videos = () => join(folder, "Resources/videos");

test("the same video again makes no second note", async () => {
  const vault = createVault(folder);
  expect(await vault.createVideoNote(noteOf("youtube:a"))).toMatchObject({
    slug: "a-talk",
    isNew: true,
  });
  expect(await vault.createVideoNote(noteOf("youtube:a", "Renamed at its source"))).toMatchObject({
    slug: "a-talk",
    isNew: false,
  });
  expect(await readdir(videos())).toEqual(["a-talk.md"]);
});

test("another video of the same title gets its own note", async () => {
  const vault = createVault(folder);
  await vault.createVideoNote(noteOf("youtube:a"));
  expect(await vault.createVideoNote(noteOf("youtube:b"))).toMatchObject({
    slug: "a-talk-2",
    isNew: true,
  });
});

test("many at once, of the same title and of the same video, get what is theirs", async () => {
  const vault = createVault(folder);
  const ids = ["y:a", "y:b", "y:a", "y:c", "y:b"];
  const places = await Promise.all(ids.map((id) => vault.createVideoNote(noteOf(id))));
  expect(places.map(({ slug }) => slug)).toEqual([
    "a-talk",
    "a-talk-2",
    "a-talk",
    "a-talk-3",
    "a-talk-2",
  ]);
});

test("a note that its person renamed and sorted into a folder stays the note of its video", async () => {
  const vault = createVault(folder);
  await vault.createVideoNote(noteOf("youtube:a"));
  await mkdir(join(videos(), "seen"));
  await rename(join(videos(), "a-talk.md"), join(videos(), "seen/Great talk.md"));
  expect(await vault.createVideoNote(noteOf("youtube:a"))).toEqual({
    slug: "great-talk",
    name: "Great talk",
    isNew: false,
  });
  const path = join(videos(), "seen/Great talk.md");
  expect((await vault.getNote({ slug: "great-talk" })).path).toBe(path);
  expect((await vault.getNote({ slug: "a-talk", id: "youtube:a" })).path).toBe(path);
});

test("a person's own note of that name is never overwritten", async () => {
  await mkdir(videos(), { recursive: true });
  await writeFile(join(videos(), "a-talk.md"), "mine");
  expect(await createVault(folder).createVideoNote(noteOf("youtube:a"))).toMatchObject({
    slug: "a-talk-2",
    isNew: true,
  });
  expect(await readFile(join(videos(), "a-talk.md"), "utf8")).toBe("mine");
});

test("a summary goes between the marks of the note as it is then, edits and all", async () => {
  const vault = createVault(folder);
  await vault.createVideoNote(noteOf("youtube:a"));
  const path = join(videos(), "a-talk.md");
  await writeFile(path, `${await readFile(path, "utf8")}\nMy thoughts.\n`);
  expect(await vault.writeSummary({ slug: "a-talk" }, () => "new")).toBe(true);
  expect(await vault.writeSummary({ slug: "a-talk" }, () => "new")).toBe(false);
  expect(await readFile(path, "utf8")).toEndWith(
    `${SUMMARY_START}\nnew\n${SUMMARY_END}\n\nMy thoughts.\n`,
  );
});

test("a note whose marks are gone is left alone, with a word on how to bring them back", async () => {
  const vault = createVault(folder);
  await mkdir(videos(), { recursive: true });
  await writeFile(join(videos(), "a-talk.md"), "mine now");
  const error = await vault
    .writeSummary({ slug: "a-talk" }, () => "new")
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "NOTE_TAKEN_OVER", mayRetry: false });
  expect(await readFile(join(videos(), "a-talk.md"), "utf8")).toBe("mine now");
});

test("a note that is not there is named, and no path can be asked for", async () => {
  const vault = createVault(folder);
  await writeFile(join(folder, "secret.md"), "x");
  for (const slug of ["none", "../../secret", "/etc/passwd"]) {
    const error = await vault.getNote({ slug }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "NOTE_MISSING", mayRetry: false });
  }
});

test("a note of that name that belongs to another video is not the one that was asked for", async () => {
  const vault = createVault(folder);
  await vault.createVideoNote(noteOf("youtube:a"));
  const error = await vault
    .getNote({ slug: "a-talk", id: "youtube:b" })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "NOTE_MISSING" });
});

test("videos of one day come into its note once each, also when they come at once", async () => {
  const vault = createVault(folder);
  const video = (slug: string) => ({ slug, title: slug, channel: null, durationSeconds: null });
  const added = await Promise.all(
    ["a", "b", "a", "c"].map((slug) => vault.addToDailyNote("2026-01-05", video(slug))),
  );
  expect(added).toEqual([true, true, false, true]);
  expect(await readFile(join(folder, "Daily/2026-01-05.md"), "utf8")).toBe(
    "# 2026-01-05\n\n## Videos\n\n- [[a]] — a\n- [[b]] — b\n- [[c]] — c\n",
  );
});

test("a vault that can't be written is an error that says so, and leaves nothing half done", async () => {
  await writeFile(join(folder, "Resources"), "a file in the way");
  const error = await createVault(folder)
    .createVideoNote(noteOf("youtube:a"))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "WRITE_REFUSED", mayRetry: false });
  expect(await readdir(folder)).toEqual(["Resources"]);
});
