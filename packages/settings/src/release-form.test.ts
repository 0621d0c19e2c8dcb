import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "./read-settings.ts";
import { checkStateForm, markSettingsForm, openStateFolder } from "./release-form.ts";
import { storeSetting } from "./store-setting.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "release-form-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const root = () => join(home, "start");
const mark = () => join(root(), "state.json");

describe("the data folder", () => {
  test("one that is not there yet is made and marked", () => {
    openStateFolder(root());
    expect(JSON.parse(readFileSync(mark(), "utf8"))).toEqual({ form: 1 });
  });

  test("one of a release without marks works, keeps what it holds, and gets the mark", () => {
    mkdirSync(root());
    writeFileSync(join(root(), "engine-in-use.json"), '{"engine":"embedded","url":"http://x"}\n');
    openStateFolder(root());
    expect(readdirSync(root()).sort()).toEqual(["engine-in-use.json", "state.json"]);
    openStateFolder(root());
    expect(readdirSync(root())).toHaveLength(2);
  });

  test("one of a later release is refused with a sentence, and nothing in it is touched", () => {
    mkdirSync(root());
    const newer = '{"form":2,"since":"1.0.0"}\n';
    writeFileSync(mark(), newer);
    for (const look of [checkStateForm, openStateFolder]) {
      expect(() => look(root())).toThrow(
        `${root()} was written by a later release of System Bus (form 2, this one knows 1): use that release, or a later one.`,
      );
    }
    expect(readFileSync(mark(), "utf8")).toBe(newer);
  });

  test("checking alone writes nothing", () => {
    checkStateForm(root());
    expect(readdirSync(home)).toEqual([]);
  });

  test("one that can't be written is told", () => {
    writeFileSync(root(), "a file");
    expect(() => openStateFolder(root())).toThrow("give this user the right to");
  });
});

describe("the settings file", () => {
  const file = () => join(home, "env");
  const read = () => readSettings({ env: { BUS_HOME: home }, mode: "start" });

  test("one without a mark is read, and marked when it is changed", () => {
    writeFileSync(file(), "# mine\nVAULT_PATH=/notes\n", { mode: 0o600 });
    expect(read().vault).toBe("/notes");
    storeSetting(read(), "BUS_ENGINE", "embedded");
    storeSetting(read(), "BUS_ENGINE", "auto");
    expect(readFileSync(file(), "utf8")).toBe(
      "# mine\nVAULT_PATH=/notes\n# System Bus settings, form 1.\nBUS_ENGINE=auto\n",
    );
    expect(read().vault).toBe("/notes");
  });

  test("a new one begins with its mark", () => {
    storeSetting(read(), "BUS_ENGINE", "embedded");
    expect(readFileSync(file(), "utf8")).toBe(
      "# System Bus settings, form 1.\nBUS_ENGINE=embedded\n",
    );
  });

  test("one of a later release is refused whole, whatever it holds", () => {
    writeFileSync(file(), "# System Bus settings, form 7.\nBUS_ENGINE=quantum\n");
    expect(read).toThrow(`${file()} was written by a later release`);
    expect(read).not.toThrow("quantum");
  });

  test("a mark is replaced, never doubled", () => {
    const once = markSettingsForm("A=1\n");
    expect(markSettingsForm(once)).toBe(once);
  });
});
