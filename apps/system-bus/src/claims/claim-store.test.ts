import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkerError } from "../worker-error.ts";
import { createClaimStore } from "./claim-store.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "claims-"));
});
afterEach(() => rm(folder, { recursive: true }));

const RUN = "01M7XX8G6Y82X1J22S5Y001BFP";

async function failure(work: Promise<unknown>): Promise<WorkerError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WorkerError))
    throw new Error(`expected a WorkerError, got ${String(error)}`);
  return error;
}

test("what was put in comes out, byte for byte", async () => {
  const claims = createClaimStore(folder);
  const claim = await claims.put(RUN, "transcript.json", "ü\u0000\n");
  expect(claim).toMatch(/^claim:01M7XX8G6Y82X1J22S5Y001BFP\/transcript\.json#[0-9a-f]{64}$/);
  expect(await claims.get(claim, "transcribe")).toBe("ü\u0000\n");
});

test("a repeated step puts the same in again and gets the same claim; nothing else is left", async () => {
  const claims = createClaimStore(folder);
  const first = await claims.put(RUN, "a.json", "same");
  expect(await claims.put(RUN, "a.json", "same")).toBe(first);
  expect(await readdir(join(folder, RUN))).toEqual(["a.json"]);
});

test("a step that made something else the second time is believed, and its old claim is refused", async () => {
  const claims = createClaimStore(folder);
  const old = await claims.put(RUN, "a.json", "first");
  const claim = await claims.put(RUN, "a.json", "second");
  expect(await claims.get(claim, "x")).toBe("second");
  expect((await failure(claims.get(old, "x"))).code).toBe("CLAIM_MISSING");
});

test("a claim whose file is gone says which step to run again, and no retry is made", async () => {
  const claims = createClaimStore(folder);
  const claim = await claims.put(RUN, "transcript.json", "text");
  await rm(join(folder, RUN), { recursive: true });
  const error = await failure(claims.get(claim, "transcribe"));
  expect(error.message).toContain(`Run the step "transcribe" of run ${RUN} again`);
  expect(error.mayRetry).toBe(false);
});

test("a file that was changed behind our back is not believed", async () => {
  const claims = createClaimStore(folder);
  const claim = await claims.put(RUN, "a.json", "text");
  await writeFile(join(folder, RUN, "a.json"), "other");
  expect((await failure(claims.get(claim, "x"))).code).toBe("CLAIM_MISSING");
});

test.each([
  "/etc/passwd",
  "claim:../x#".padEnd(75, "0"),
  `claim:${RUN}/../../etc/passwd#${"0".repeat(64)}`,
  `claim:${RUN}/.hidden#${"0".repeat(64)}`,
  `claim:${RUN}/a/b#${"0".repeat(64)}`,
  `claim:${RUN}/a.json#short`,
  `claim:${RUN}/a.json#${"0".repeat(64)}\n`,
  "",
])("%p is no claim", async (claim) => {
  expect((await failure(createClaimStore(folder).get(claim, "x"))).code).toBe("CLAIM_INVALID");
});

test("a file is stored without a second copy of its bytes, and found again", async () => {
  const claims = createClaimStore(join(folder, "claims"));
  await writeFile(join(folder, "talk.mp4"), "film");
  const stored = await claims.putFile(RUN, "media.mp4", join(folder, "talk.mp4"));
  expect(stored).toMatchObject({ sizeBytes: 4 });
  const path = await claims.locate(stored.claim, "download");
  expect((await stat(path)).ino).toBe((await stat(join(folder, "talk.mp4"))).ino);
  expect(await claims.putFile(RUN, "media.mp4", join(folder, "talk.mp4"))).toEqual(stored);
  expect(await readdir(join(folder, "claims", RUN))).toEqual(["media.mp4"]);
});

test("a stored file survives that its first name is replaced, and is refused once its bytes changed", async () => {
  const claims = createClaimStore(join(folder, "claims"));
  const first = join(folder, "talk.mp4");
  await writeFile(first, "film");
  const { claim } = await claims.putFile(RUN, "media.mp4", first);
  await rm(first);
  await writeFile(first, "another");
  expect(await readFile(await claims.locate(claim, "download"), "utf8")).toBe("film");
  const later = await claims.putFile(RUN, "media.mp4", first);
  expect(await readFile(await claims.locate(later.claim, "download"), "utf8")).toBe("another");
  expect((await failure(claims.locate(claim, "download"))).code).toBe("CLAIM_MISSING");
});

test("nothing can be put outside the folder", async () => {
  const claims = createClaimStore(folder);
  expect((await failure(claims.put("..", "a.json", ""))).code).toBe("CLAIM_INVALID");
  expect((await failure(claims.put(RUN, "../a.json", ""))).code).toBe("CLAIM_INVALID");
});
