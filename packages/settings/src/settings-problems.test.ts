import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describeSettings } from "./describe-settings.ts";
import { readSettings } from "./read-settings.ts";
import type { SettingsInput } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";

const hex64 = "ab".repeat(32);

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "settings-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const linuxFile = () => join(home, ".config/system-bus/env");

function writeFile(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
}

const read = (env: SettingsInput["env"] = {}, more: Partial<SettingsInput> = {}) =>
  readSettings({ env, home, platform: "linux", arch: "x64", ...more });

function problemsOf(env: SettingsInput["env"], more: Partial<SettingsInput> = {}) {
  try {
    read(env, more);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const sourceOf = (settings: ReturnType<typeof read>, wanted: string) => {
  const { value, source, from } =
    describeSettings(settings).find(({ name }) => name === wanted) ?? {};
  return { value, source, from };
};

describe("problems", () => {
  test("are told all at once, each with variable, value, source and cure", () => {
    writeFile(linuxFile(), "VAULT_PATH=vault\nnonsense\n");
    const env = { BUS_ENGINE: "docker-compose", PORT: "99999", INNGEST_DEV: "maybe" };
    const flags = { enginePort: "eighty" };
    expect(problemsOf(env, { flags })).toEqual([
      `${linuxFile()}, line 2: is not NAME=value`,
      "BUS_ENGINE=docker-compose (environment): must be one of: auto, inngest, docker, embedded",
      "BUS_ENGINE_PORT=eighty (--engine-port): must be a port: a whole number from 0 to 65535",
      "PORT=99999 (environment): must be a port: a whole number from 0 to 65535",
      "INNGEST_DEV=maybe (environment): must be 1, true, 0, false, or a dev server's address without a path",
      `VAULT_PATH=vault (${linuxFile()}): must be an absolute path, or begin with ~/`,
    ]);
  });

  test("stand in one error, one line each", () => {
    expect(() => read({ BUS_ENGINE: "x", PORT: "y" })).toThrow(
      /^These settings cannot be used:\n {2}- BUS_ENGINE=x .*\n {2}- PORT=y .*$/,
    );
  });

  test("a malformed place is one of them", () => {
    expect(problemsOf({ BUS_HOME: "relative" })).toEqual([
      "BUS_HOME=relative (environment): must be an absolute path, or begin with ~/",
    ]);
  });

  test("engine and worker cannot share a port, but both may ask for a free one", () => {
    expect(problemsOf({ BUS_ENGINE_PORT: "4000", PORT: "4000" })).toEqual([
      "engine and worker would both listen on port 4000: give each its own",
    ]);
    expect(problemsOf({ BUS_ENGINE_PORT: "0", BUS_WORKER_PORT: "0" })).toEqual([]);
    expect(problemsOf({ PORT: "8288" })).toEqual([
      "engine and worker would both listen on port 8288: give each its own",
    ]);
    expect(problemsOf({ PORT: "8288", INNGEST_BASE_URL: "http://nas:8288" })).toEqual([]);
  });

  test("streaming is refused at the start, where the SDK would fail every call", () => {
    for (const value of ["1", "true", "force", "allow"]) {
      expect(problemsOf({ INNGEST_STREAMING: value })).toHaveLength(1);
    }
    expect(problemsOf({ INNGEST_STREAMING: "false" })).toEqual([]);
  });

  test("a settings file that cannot be read is one of them", () => {
    mkdirSync(linuxFile(), { recursive: true });
    expect(problemsOf({})).toEqual([
      `${linuxFile()} cannot be read (EISDIR): check its permissions`,
    ]);
  });
});

describe("secrets", () => {
  const secrets = {
    INNGEST_EVENT_KEY: "an-event-key-nobody-sees",
    INNGEST_SIGNING_KEY: hex64,
    INNGEST_SIGNING_KEY_FALLBACK: "cd".repeat(32),
    SUMMARY_MODEL_KEY: "sk-model-key-nobody-sees",
  };

  test("are used but never shown", () => {
    const settings = read(secrets);
    expect(settings.signingKey).toBe(hex64);
    expect(settings.summary.modelKey).toBe(secrets.SUMMARY_MODEL_KEY);
    const shown = JSON.stringify(describeSettings(settings));
    for (const secret of Object.values(secrets)) expect(shown).not.toContain(secret);
    expect(sourceOf(settings, "INNGEST_SIGNING_KEY")).toMatchObject({
      value: "(secret, 64 characters)",
      source: "environment",
    });
  });

  test("stay out of errors, also of those about themselves", () => {
    const bad = {
      INNGEST_EVENT_KEY: "has/a-slash-secret",
      INNGEST_SIGNING_KEY: "not-hex-secret",
      SUMMARY_MODEL_KEY: `long-secret${"x".repeat(5_000)}`,
      ARCHIVE_TO: "ssh://joel:passw0rd-secret@nas/v",
      INNGEST_BASE_URL: "ftp://joel:passw0rd-secret@nas",
    };
    const problems = problemsOf(bad);
    expect(problems).toHaveLength(5);
    expect(problems.join("\n")).not.toContain("secret");
    expect(problems.join("\n")).toContain("ARCHIVE_TO=ssh://joel:…@nas/v");
  });

  test("a password in an address that works is not shown either", () => {
    const settings = read({ INNGEST_BASE_URL: "http://joel:passw0rd@nas:8288" });
    expect(JSON.stringify(describeSettings(settings))).not.toContain("passw0rd");
    expect(settings.engineUrl).toBe("http://joel:passw0rd@nas:8288");
  });

  test("a signing key with a prefix works without it, and one is told why", () => {
    const settings = read({ INNGEST_SIGNING_KEY: `signkey-dev-${hex64}` });
    expect(settings.signingKey).toBe(hex64);
    expect(settings.warnings).toEqual([
      expect.stringContaining("INNGEST_SIGNING_KEY has a signkey- prefix, which is dropped"),
    ]);
  });

  test("a settings file with keys that others can read is worth a warning", () => {
    writeFile(linuxFile(), `INNGEST_EVENT_KEY=${hex64}\n`, 0o644);
    expect(read().warnings).toEqual([
      `${linuxFile()} holds keys and others can read it: run chmod 600 on it`,
    ]);
    writeFile(linuxFile(), "VAULT_PATH=/v\nINNGEST_EVENT_KEY=\n", 0o644);
    expect(read().warnings).toEqual([]);
  });
});

test("a variable that only looks like one of ours is worth a warning", () => {
  writeFile(linuxFile(), "BUS_ENGIN=docker\nOPENAI_API_KEY=x\n");
  expect(
    read({ BUS_VALUT: "/v", PATH: "/bin", INNGEST_PORT: "tcp://10.0.0.1:8288" }).warnings,
  ).toEqual([
    "BUS_VALUT in the environment is not a variable of the bus: see .env.example",
    `BUS_ENGIN in ${linuxFile()} is not a variable of the bus: see .env.example`,
  ]);
});
