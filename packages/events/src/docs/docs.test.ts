import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogue } from "../catalogue.ts";
import { checkPage } from "./check-page.ts";
import { renderCatalogue } from "./render-catalogue.ts";

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "events-docs-"));
  out = join(folder, "events.md");
});
afterEach(() => rmSync(folder, { recursive: true }));

const runMain = (...flags: string[]) => {
  const main = join(import.meta.dir, "main.ts");
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, main, ...flags, "--out", out]);
  return { exitCode, stderr: stderr.toString() };
};

describe("the page", () => {
  test("shows every event with its fields and its example", () => {
    const page = renderCatalogue(catalogue);
    for (const { name, sentence, example } of catalogue) {
      expect(page).toContain(`### \`${name}\`\n\n${sentence}`);
      expect(page).toContain(JSON.stringify(example, null, 2));
    }
    expect(page).toContain("| `video.published` | day | no | Day of publication at the source |");
    expect(page).toContain("| `captions[].file` | string | yes |");
    expect(page).toContain("| `exitCode` | integer or null | yes |");
  });

  test("links each event in its overview to its section", () => {
    const page = renderCatalogue(catalogue);
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    const headings = [...page.matchAll(/^### `(.+)`$/gm)].map(([, name]) =>
      (name ?? "").replace(/[/.]/g, ""),
    );
    expect(links).toEqual(headings);
  });

  test("is the same each time", () => {
    expect(renderCatalogue(catalogue)).toBe(renderCatalogue(catalogue));
  });
});

describe("the check", () => {
  test("a page that says what it should is current", () => {
    writeFileSync(out, "a\nb\n");
    expect(checkPage(out, "a\nb\n")).toEqual({ kind: "current" });
  });

  test("the first line that differs is named, also where the page is too long or too short", () => {
    writeFileSync(out, "a\nX\n");
    expect(checkPage(out, "a\nb\n")).toEqual({ kind: "outdated", line: 2 });
    expect(checkPage(out, "a\nX\nc\n")).toEqual({ kind: "outdated", line: 3 });
    expect(checkPage(out, "a\nX")).toEqual({ kind: "outdated", line: 3 });
  });

  test("a missing page is told as such", () => {
    expect(checkPage(out, "a")).toEqual({ kind: "missing" });
  });

  test("the command writes a page that its own check accepts", () => {
    expect(runMain().exitCode).toBe(0);
    expect(readFileSync(out, "utf8")).toBe(renderCatalogue(catalogue));
    expect(runMain("--check")).toEqual({ exitCode: 0, stderr: "" });
  });

  test("the command's check fails for an old page and says how to cure it", () => {
    writeFileSync(out, "# Events\n\nold\n");
    const { exitCode, stderr } = runMain("--check");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "is out of date from line 3. Run `bun packages/events/src/docs/main.ts`",
    );
    expect(readFileSync(out, "utf8")).toBe("# Events\n\nold\n");
  });
});
