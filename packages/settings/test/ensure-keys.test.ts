import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeSettings, ensureKeys, readSettings, SettingsError } from "../src/index.ts";

const HEX_64 = /^[0-9a-f]{64}$/;

let home: string;
let file: string;
beforeEach(() => {
  // macOS reaches its temporary folder through a link.
  home = join(realpathSync(mkdtempSync(join(tmpdir(), "keys-"))), "bus");
  file = join(home, "env");
});
afterEach(() => rmSync(join(home, ".."), { recursive: true }));

const read = (env: Record<string, string> = {}) =>
  readSettings({ env: { BUS_HOME: home, HOME: home, ...env }, mode: "start" });

describe("keys", () => {
  test("are made once, kept in the settings file and found again", () => {
    const made = ensureKeys(read());
    expect(made.eventKey).toMatch(HEX_64);
    expect(made.signingKey).toMatch(HEX_64);
    expect(made.signingKey).not.toBe(made.eventKey);

    const again = read();
    expect(again.eventKey).toBe(made.eventKey);
    expect(again.signingKey).toBe(made.signingKey);
    expect(again.warnings).toEqual([]);
    expect(ensureKeys(again)).toBe(again);
  });

  test("lie in a file that only its owner may read, whatever it was before", () => {
    ensureKeys(read());
    expect(statSync(file).mode & 0o777).toBe(0o600);

    rmSync(file);
    writeFileSync(file, "BUS_ENGINE=embedded\n", { mode: 0o644 });
    ensureKeys(read());
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("leave everything else in the settings file as it was", () => {
    mkdirSync(home);
    writeFileSync(file, "# my bus\nBUS_ENGINE=embedded # light\nINNGEST_EVENT_KEY=\n");
    const { eventKey, signingKey } = ensureKeys(read());
    expect(readFileSync(file, "utf8")).toBe(
      `# my bus\nBUS_ENGINE=embedded # light\nINNGEST_EVENT_KEY=${eventKey}\n` +
        `# System Bus settings, form 1.\nINNGEST_SIGNING_KEY=${signingKey}\n`,
    );
  });

  test("that are there are never replaced: only the missing one is made", () => {
    const given = ensureKeys(read({ INNGEST_SIGNING_KEY: "abcd" }));
    expect(given.signingKey).toBe("abcd");
    expect(given.eventKey).toMatch(HEX_64);
    expect(readFileSync(file, "utf8")).toBe(
      `# System Bus settings, form 1.\nINNGEST_EVENT_KEY=${given.eventKey}\n`,
    );
  });

  test("are not made in dev mode, nor where both are set", () => {
    const dev = readSettings({ env: { BUS_HOME: home }, mode: "dev" });
    expect(ensureKeys(dev)).toBe(dev);
    const set = read({ INNGEST_SIGNING_KEY: "abcd", INNGEST_EVENT_KEY: "key" });
    expect(ensureKeys(set)).toBe(set);
    expect(() => statSync(home)).toThrow();
  });

  test("are not made up for a server that has its own", () => {
    const settings = read({ INNGEST_BASE_URL: "http://nas:8288" });
    expect(() => ensureKeys(settings)).toThrow(
      "INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY not set: INNGEST_BASE_URL names a server",
    );
    expect(() => statSync(home)).toThrow();
  });

  test("are told by length and file, never by value", () => {
    const settings = ensureKeys(read());
    const values = describeSettings(settings).filter(({ name }) => /_KEY$/.test(name));
    expect(values).toContainEqual({
      name: "INNGEST_SIGNING_KEY",
      value: "(secret, 64 characters)",
      source: "file",
      from: file,
      isSecret: true,
    });
    expect(JSON.stringify(settings.values)).not.toContain(settings.signingKey ?? "missing");
  });

  test("reach a settings file through its link, and the link stays", () => {
    const dotfile = join(home, "dotfiles/bus-env");
    mkdirSync(join(home, "dotfiles"), { recursive: true });
    writeFileSync(dotfile, "# in my dotfiles\n");
    symlinkSync(dotfile, file);
    const { eventKey } = ensureKeys(read());
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(dotfile, "utf8")).toContain(`INNGEST_EVENT_KEY=${eventKey}\n`);
  });

  test("that cannot be written give one error with the file and the reason", () => {
    // A file where the folder should be: nobody, not even root, can write below it.
    writeFileSync(home, "");
    const settings = readSettings({ env: { BUS_HOME: home }, mode: "start" });
    expect(() => ensureKeys(settings)).toThrow(SettingsError);
    expect(() => ensureKeys(settings)).toThrow(`${file} cannot be written (`);
  });

  test("leave no temporary file behind", () => {
    ensureKeys(read());
    expect(readdirSync(home).toSorted()).toEqual(["env", "env.lock"]);
  });
});

describe("several processes that start at once", () => {
  test("end with the same keys", async () => {
    const script = `
      import { ensureKeys, readSettings } from ${JSON.stringify(join(import.meta.dir, "../src/index.ts"))};
      const settings = readSettings({ env: { BUS_HOME: ${JSON.stringify(home)} }, mode: "start" });
      console.error("ready");
      await Bun.stdin.text();
      const { eventKey, signingKey } = ensureKeys(settings);
      console.log(JSON.stringify({ eventKey, signingKey }));
    `;
    const processes = Array.from({ length: 4 }, () =>
      Bun.spawn([process.execPath, "-e", script], {
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
      }),
    );
    try {
      // None may write before all have read settings without keys.
      await Promise.all(processes.map(({ stderr }) => stderr.getReader().read()));
      await Promise.all(processes.map(({ stdin }) => stdin.end()));
      const outputs = await Promise.all(processes.map(({ stdout }) => stdout.text()));
      expect(new Set(outputs).size).toBe(1);
      expect(JSON.parse(outputs[0] ?? "")).toEqual({
        eventKey: read().eventKey,
        signingKey: read().signingKey,
      });
    } finally {
      for (const started of processes) started.kill("SIGKILL");
    }
  });

  test("do not wait for one that was killed with the lock in its hand", async () => {
    mkdirSync(home, { recursive: true });
    const script = `
      import { Database } from "bun:sqlite";
      const lock = new Database(${JSON.stringify(`${file}.lock`)}, { create: true });
      lock.run("BEGIN EXCLUSIVE");
      console.log("held");
      await Bun.sleep(60_000);
    `;
    const holder = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    try {
      const { value } = await holder.stdout.getReader().read();
      expect(new TextDecoder().decode(value)).toBe("held\n");
    } finally {
      holder.kill("SIGKILL");
      await holder.exited;
    }
    expect(ensureKeys(read()).eventKey).toMatch(HEX_64);
  });
});
