import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createStateFile } from "./state-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "state-"));
});
afterEach(() => rm(folder, { recursive: true }));

const path = () => join(folder, "deep/state.json");
const open = () =>
  createStateFile(path(), { schema: z.object({ count: z.number() }), empty: { count: 0 } });
const increment = ({ count }: { count: number }) => ({
  next: { count: count + 1 },
  answer: count + 1,
});

test("what is stored is there for the next process, for its person's eyes only", async () => {
  expect(await open().update(increment)).toBe(1);
  expect(await open().read()).toEqual({ count: 1 });
  expect((await stat(path())).mode & 0o777).toBe(0o600);
});

test("changes that come at once are made one after the other", async () => {
  const file = open();
  const answers = await Promise.all(Array.from({ length: 20 }, () => file.update(increment)));
  expect(answers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(await file.read()).toEqual({ count: 20 });
});

test.each(["", "{", '{"count":"many"}', "[]"])(
  "a file that holds “%s” is no state, and is replaced by the next change",
  async (text) => {
    await open().update(increment);
    await writeFile(path(), text);
    expect(await open().read()).toEqual({ count: 0 });
    expect(await open().update(increment)).toBe(1);
    expect(await readFile(path(), "utf8")).toBe('{"count":1}\n');
  },
);

test("a change that fails is told to who asked for it, and stops no other", async () => {
  const file = open();
  const failing = file.update((): { next: { count: number }; answer: null } => {
    throw new Error("no");
  });
  const next = file.update(increment);
  expect(await failing.catch((error: Error) => error.message)).toBe("no");
  expect(await next).toBe(1);
});
