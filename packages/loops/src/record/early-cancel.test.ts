import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasEarlyCancel, markEarlyCancel } from "./early-cancel.ts";
import { listLoopIds } from "./loop-places.ts";

test("a cancel that came early is remembered by its loop alone, and is none itself", async () => {
  const folder = await mkdtemp(join(tmpdir(), "early-cancel-"));
  try {
    expect(await hasEarlyCancel(folder, "slug-1")).toBe(false);
    await markEarlyCancel(folder, "slug-1");
    await markEarlyCancel(folder, "slug-1");
    expect(await hasEarlyCancel(folder, "slug-1")).toBe(true);
    expect(await hasEarlyCancel(folder, "slug-2")).toBe(false);
    expect(await listLoopIds(folder)).toEqual([]);
    expect(markEarlyCancel(folder, "../slug-1")).rejects.toThrow("is no loop's id");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
