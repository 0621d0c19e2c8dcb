import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadJournal } from "./load-journal.ts";
import { decidePrune, listSegments, SEGMENT_LIMITS } from "./segments.ts";
import { createSentEvents, type SentEventsOptions } from "./sent-events.ts";

const engineUrl = "http://127.0.0.1:8288";
let root: string;
let folder: string;
let faults: string[];
let nowMs: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sent-events-"));
  folder = join(root, "sent-events");
  faults = [];
  nowMs = Date.UTC(2026, 10, 24, 12);
});
afterEach(() => rmSync(root, { recursive: true }));

const open = (more: Partial<SentEventsOptions> = {}) =>
  createSentEvents({
    folder,
    engineUrl,
    nowMs: () => nowMs,
    onFault: (text) => faults.push(text),
    ...more,
  });
const event = (id: string) => ({ name: "demo/one", id, data: { id } });
const acknowledge = (id: string) => async () => ({ ids: [`internal-${id}`] });

describe("a send", () => {
  test("is on disk, for its user alone, before it is attempted", async () => {
    await open().around([event("a")], async () => {
      const { entries } = await loadJournal(folder);
      expect(entries).toEqual([
        { event: event("a"), engineUrl, sentAtMs: nowMs, internalIds: [], isRefused: false },
      ]);
      return { ids: [] };
    });
    const [name = ""] = listSegments(folder);
    expect(name).toBe("2026-11-24.ndjson");
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test("is marked with the engine's id when it is acknowledged", async () => {
    await open().around([event("a")], acknowledge("1"));
    await open().around([event("a")], acknowledge("2"));
    const { entries } = await loadJournal(folder);
    expect(entries).toMatchObject([{ internalIds: ["internal-1", "internal-2"] }]);
  });

  test("that fails is marked so, and its error is thrown on", async () => {
    const failing = open().around([event("a")], () => Promise.reject(new Error("no engine")));
    expect(await failing.catch(String)).toBe("Error: no engine");
    expect((await loadJournal(folder)).entries).toMatchObject([{ isRefused: true }]);
    await open().around([event("a")], acknowledge("1"));
    expect((await loadJournal(folder)).entries).toMatchObject([{ isRefused: false }]);
  });

  test("goes on when the journal can't be written, and the fault is told", async () => {
    writeFileSync(folder, "a file where the folder should be");
    expect(await open().around([event("a")], acknowledge("1"))).toEqual({ ids: ["internal-1"] });
    expect(faults[0]).toContain("can't be recovered");
  });

  test("keeps an id that is given, and makes one where there is none", () => {
    const { withId } = open({ createId: () => "made" });
    expect(withId({ id: "own" })).toEqual({ id: "own" });
    expect(withId({ name: "a" })).toEqual({ name: "a", id: "made" });
  });
});

test("a line that a crash cut short is passed over, and the next one is whole", async () => {
  await open().around([event("a")], acknowledge("1"));
  appendFileSync(join(folder, "2026-11-24.ndjson"), '{"type":"sent","atMs":1,"eve');
  expect(await loadJournal(folder)).toMatchObject({ entries: [{}], unreadCount: 1 });
  await open().around([event("b")], acknowledge("2"));
  const { entries, unreadCount } = await loadJournal(folder);
  expect(entries.map(({ event }) => event.id)).toEqual(["a", "b"]);
  expect(unreadCount).toBe(1);
});

test("two processes that append at once lose and mix nothing", async () => {
  const program = `
    import { createSentEvents } from ${JSON.stringify(join(import.meta.dir, "sent-events.ts"))};
    const [folder, who] = process.argv.slice(-2);
    const journal = createSentEvents({ folder, engineUrl: "http://e", nowMs: Date.now, onFault: (text) => { throw new Error(text); } });
    for (let nr = 0; nr < 60; nr += 1) {
      const id = who + nr;
      const data = { text: who.repeat(3000) };
      await journal.around([{ name: "demo/one", id, data }], async () => ({ ids: [id] }));
    }`;
  const script = join(root, "append.ts");
  writeFileSync(script, program);
  const children = ["x", "y"].map((who) =>
    Bun.spawn([process.execPath, script, folder, who], { stdout: "ignore", stderr: "pipe" }),
  );
  expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, 0]);
  const { entries, unreadCount } = await loadJournal(folder);
  expect(unreadCount).toBe(0);
  expect(entries).toHaveLength(120);
  expect(entries.every(({ internalIds, event }) => internalIds[0] === event.id)).toBe(true);
}, 20_000);

describe("retention", () => {
  test("a full segment is followed by the day's next one, and the oldest go", async () => {
    const limits = { segmentBytesMax: 200, totalBytesMax: 700, daysMax: 7 };
    for (let nr = 0; nr < 12; nr += 1)
      await open({ limits }).around([event(`e${nr}`)], acknowledge("1"));
    const segments = listSegments(folder);
    expect(segments.length).toBeLessThan(6);
    expect(segments.at(-1)).toBe("2026-11-24.11.ndjson");
    const { entries } = await loadJournal(folder);
    expect(entries.at(-1)?.event.id).toBe("e11");
    expect(entries.map(({ event }) => event.id)).not.toContain("e0");
  });

  test("days that are over go, the newest segment never", () => {
    const sized = (name: string) => ({ name, sizeBytes: 1 });
    const names = ["2026-11-10.ndjson", "2026-11-17.ndjson", "2026-11-24.ndjson"].map(sized);
    expect(decidePrune(names, nowMs, SEGMENT_LIMITS)).toEqual(["2026-11-10.ndjson"]);
    const huge = [{ name: "2026-11-01.ndjson", sizeBytes: 1e12 }];
    expect(decidePrune(huge, nowMs, SEGMENT_LIMITS)).toEqual([]);
  });
});
