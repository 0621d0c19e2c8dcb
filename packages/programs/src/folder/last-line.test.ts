import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastLineOf, readLastLine } from "./last-line.ts";

describe("the last line of a program's output", () => {
  test.each([
    ["is the last that is not empty", "one\ntwo\n\n", "two"],
    ["is the last state of a progress bar", "start\n 10%\r 20%\r 30%", "30%"],
    ["has no colours and no control characters", "\u001b[32mdone\u001b[0m\tok\u0007", "done ok"],
    ["is bounded", "x".repeat(1_000), "x".repeat(300)],
    ["is none for no output", " \n\r\n", null],
  ])("%s", (_name, text, line) => {
    expect(lastLineOf(text)).toBe(line);
  });

  test("comes from the file that was written last, and from the end of a long one", async () => {
    const dir = await mkdtemp(join(tmpdir(), "programs-"));
    try {
      const [out, err] = [join(dir, "out"), join(dir, "err")];
      await writeFile(out, `${"noise\n".repeat(5_000)}progress 99%\n`);
      await writeFile(err, "a warning\n");
      await utimes(err, 1_000, 1_000);
      expect(await readLastLine([out, err])).toBe("progress 99%");
      await utimes(out, 500, 500);
      expect(await readLastLine([out, err])).toBe("a warning");
      expect(await readLastLine([join(dir, "missing")])).toBeNull();
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
