import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnvFile } from "../src/env-file.ts";
import { describeSettings, readSettings } from "../src/index.ts";
import { variableNames } from "../src/variables.ts";

const text = readFileSync(join(import.meta.dir, "../../../.env.example"), "utf8");
const switchedOn = text.replace(/^# ([A-Z_]+=)/gm, "$1");

test(".env.example documents every variable once, and no other", () => {
  const documented = [...text.matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name ?? "");
  expect(documented.toSorted()).toEqual([...variableNames].toSorted());
});

test(".env.example sets nothing as it stands, so that a plain copy changes nothing", () => {
  expect(parseEnvFile(text)).toEqual({ values: new Map(), problems: [] });
});

test("the defaults that .env.example shows are the real ones", () => {
  const { values, problems } = parseEnvFile(switchedOn);
  expect(problems).toEqual([]);
  const home = "/home/someone";
  const settings = readSettings({ env: { HOME: home }, home, platform: "linux", arch: "x64" });
  const inForce = new Map(describeSettings(settings).map(({ name, value }) => [name, value]));
  const shown = [...values].filter(([, value]) => value !== "");
  expect(shown.length).toBeGreaterThan(8);
  for (const [name, value] of shown) {
    expect([name, inForce.get(name)]).toEqual([name, value.replace("~", home)]);
  }
});

test("a copy with every line switched on is accepted", () => {
  const env = Object.fromEntries(parseEnvFile(switchedOn).values);
  expect(readSettings({ env, home: "/home/someone" }).warnings).toEqual([]);
});
