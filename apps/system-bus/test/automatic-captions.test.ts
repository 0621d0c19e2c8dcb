// The real yt-dlp fetches a site's automatic captions by the metadata of a download. YouTube itself is
// out of a test's reach, so the metadata names a server on loopback.

import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgramFinder } from "../src/adapters/program-finder.ts";
import { createClaimStore } from "../src/claims/claim-store.ts";
import { fetchAutomaticCaptions } from "../src/video/automatic-captions.ts";
import { MetadataSchema, pickAutomaticCaptions } from "../src/video/video-facts.ts";
import { createDirectPrograms } from "./direct-programs.ts";
import { openSite, type Site } from "./site.ts";

setDefaultTimeout(30_000);

const SAMPLE = join(import.meta.dir, "../../../samples/talk/talk.vtt");
const RUN = "01M7XX8G6Y82X1J22S5Y001BFP";

let folder = "";
let site: Site;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "captions-"));
  await mkdir(join(folder, "www"));
  for (const name of ["orig.vtt", "de.vtt"]) await copyFile(SAMPLE, join(folder, "www", name));
  site = await openSite({ folder: join(folder, "www"), statuses: { "/refused.vtt": 429 } });
});
afterEach(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});

async function fetchBy(tracks: Record<string, string>) {
  const claims = createClaimStore(join(folder, "claims"));
  const finder = createProgramFinder({ path: process.env["PATH"], home: folder });
  const track = (path: string) => [{ ext: "vtt", url: `${site.url}/${path}`, name: "x" }];
  const told = {
    id: "abc",
    title: "A talk",
    extractor: "youtube",
    extractor_key: "Youtube",
    webpage_url: "https://www.youtube.com/watch?v=abc",
    formats: [{ format_id: "0", url: `${site.url}/talk.mp4`, ext: "mp4" }],
    automatic_captions: Object.fromEntries(
      Object.entries(tracks).map(([language, path]) => [language, track(path)]),
    ),
  };
  const language = pickAutomaticCaptions(MetadataSchema.parse(told)) ?? "";
  const metadata = await claims.put(RUN, "info.json", JSON.stringify(told));
  const step = {
    run: <T>(_id: string, work: () => Promise<T>) => work(),
    waitForEvent: async () => null,
  };
  const found = await fetchAutomaticCaptions(step, {
    programs: createDirectPrograms(folder),
    finder,
    claims,
    runId: RUN,
    command: finder.get("yt-dlp"),
    automaticCaptions: { language, metadata },
  });
  return { claims, found };
}

test("only the captions that were made from the sound are fetched", async () => {
  const { claims, found } = await fetchBy({ de: "de.vtt", "en-orig": "orig.vtt", en: "de.vtt" });
  expect(found).toMatchObject([{ language: "en", isAutomatic: true }]);
  expect(await claims.get(found[0]?.file ?? "", "x")).toBe(await Bun.file(SAMPLE).text());
  expect(site.requests.map(({ path }) => path)).toEqual(["/orig.vtt"]);
});

test("a site that refuses leaves the video without them, at once", async () => {
  const { found } = await fetchBy({ "en-orig": "refused.vtt" });
  expect(found).toEqual([]);
  expect(site.requests.length).toBeLessThanOrEqual(2);
});
