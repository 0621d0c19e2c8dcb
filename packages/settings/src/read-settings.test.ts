import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describeSettings } from "./describe-settings.ts";
import { readSettings } from "./read-settings.ts";
import type { SettingsInput } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";

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

describe("without any setting", () => {
  test("everything has its default, and nothing is written", () => {
    expect(read()).toMatchObject({
      mode: "dev",
      engine: "auto",
      engineUrl: "http://127.0.0.1:8288",
      isEngineUrlGiven: false,
      host: "127.0.0.1",
      enginePort: 8288,
      workerPort: 3111,
      workerUrl: "http://127.0.0.1:3111/api/inngest",
      serveOrigin: undefined,
      servePath: "/api/inngest",
      isDev: true,
      eventKey: undefined,
      signingKey: undefined,
      signingKeyFallback: undefined,
      logLevel: "info",
      vault: join(home, "Vault"),
      settingsFile: linuxFile(),
      summary: { by: "auto" },
      warnings: [],
    });
    expect(read().video.archive).toEqual({ kind: "none" });
    expect(readdirSync(home)).toEqual([]);
  });

  test("the home folder comes from the environment", () => {
    expect(readSettings({ env: { HOME: home } }).vault).toBe(join(home, "Vault"));
  });

  test.each([
    ["darwin", "arm64", "mlx-whisper"],
    ["darwin", "x64", "captions"],
    ["linux", "arm64", "captions"],
  ])("on %s %s transcripts come first from %s", (platform, arch, first) => {
    expect(read({}, { platform, arch }).video.transcriptOrder[0]).toBe(
      first as "mlx-whisper" | "captions",
    );
  });
});

describe("precedence", () => {
  test("flag, environment, settings file, .env, default: the strongest wins", () => {
    const dotEnvFolder = join(home, "checkout");
    const layers = [
      () => writeFile(join(dotEnvFolder, ".env"), "BUS_ENGINE_PORT=1001\n"),
      () => writeFile(linuxFile(), "BUS_ENGINE_PORT=1002\n"),
    ];
    const inForce = (env: SettingsInput["env"] = {}, flags = {}) =>
      sourceOf(read(env, { dotEnvFolder, flags }), "BUS_ENGINE_PORT");

    expect(inForce()).toEqual({ value: "8288", source: "default", from: undefined });
    layers[0]?.();
    const dotEnv = join(dotEnvFolder, ".env");
    expect(inForce()).toEqual({ value: "1001", source: "file", from: dotEnv });
    layers[1]?.();
    expect(inForce()).toEqual({ value: "1002", source: "file", from: linuxFile() });
    const env = { BUS_ENGINE_PORT: "1003" };
    expect(inForce(env)).toEqual({ value: "1003", source: "environment", from: undefined });
    expect(inForce(env, { enginePort: 1004 })).toEqual({
      value: "1004",
      source: "flag",
      from: "--engine-port",
    });
  });

  test("an empty value is no value: the next source counts", () => {
    writeFile(linuxFile(), "VAULT_PATH=/from/file\nBUS_ENGINE=\n");
    const settings = read({ VAULT_PATH: "", BUS_ENGINE: "  " });
    expect(settings.vault).toBe("/from/file");
    expect(settings.engine).toBe("auto");
  });

  test("without a folder for it, .env is not read", () => {
    writeFile(join(home, ".env"), "VAULT_PATH=/from/dotenv\n");
    expect(read().vault).toBe(join(home, "Vault"));
  });

  test("under BUS_HOME neither .env nor the person's own settings file counts", () => {
    const busHome = join(home, "demo");
    writeFile(linuxFile(), "VAULT_PATH=/person\n");
    writeFile(join(home, "checkout/.env"), "VAULT_PATH=/checkout\n");
    writeFile(join(busHome, "env"), "BUS_WORKER_PORT=4001\n");
    const settings = read({ BUS_HOME: busHome }, { dotEnvFolder: join(home, "checkout") });
    expect(settings.vault).toBe(join(home, "Vault"));
    expect(settings.workerPort).toBe(4001);
    expect(settings.settingsFile).toBe(join(busHome, "env"));
    expect(settings.folders.root).toBe(join(busHome, "dev"));
  });

  test("BUS_WORKER_PORT wins over PORT, which many tools set", () => {
    expect(read({ PORT: "5000" }).workerPort).toBe(5000);
    expect(read({ PORT: "5000", BUS_WORKER_PORT: "5001" }).workerPort).toBe(5001);
    expect(read({}, { flags: { workerPort: 0 } }).workerPort).toBe(0);
  });
});

describe("places", () => {
  test("dev and start keep their state apart", () => {
    const root = join(home, ".local/share/system-bus");
    expect(read({}, { mode: "dev" }).folders.root).toBe(join(root, "dev"));
    expect(read({}, { mode: "start" }).folders).toEqual({
      root: join(root, "start"),
      engine: join(root, "start"),
      programs: join(root, "start/programs"),
      claims: join(root, "start/claims"),
      loops: join(root, "start/loops"),
      media: join(root, "start/media"),
      sentEvents: join(root, "start/sent-events"),
      logs: join(root, "start/logs"),
      system: join(root, "start/system"),
    });
  });

  test("macOS uses its Library folders", () => {
    const support = join(home, "Library/Application Support/system-bus");
    const settings = read({}, { platform: "darwin", mode: "start" });
    expect(settings.settingsFile).toBe(join(support, "env"));
    expect(settings.folders.root).toBe(join(support, "start"));
  });

  test.each(["linux", "darwin"])("XDG variables that are set count on %s", (platform) => {
    const env = { XDG_CONFIG_HOME: join(home, "c"), XDG_DATA_HOME: join(home, "d") };
    const settings = read(env, { platform });
    expect(settings.settingsFile).toBe(join(home, "c/system-bus/env"));
    expect(settings.folders.root).toBe(join(home, "d/system-bus/dev"));
  });

  test("~ is the home folder, in paths and nowhere else", () => {
    const settings = read({ VAULT_PATH: "~/Notes", ARCHIVE_TO: "~", PI_MODEL: "~/x" });
    expect(settings.vault).toBe(join(home, "Notes"));
    expect(settings.video.archive).toEqual({ kind: "folder", path: home });
    expect(settings.summary.agentModels.pi).toBe("~/x");
    expect(read({}, { flags: { vault: "~/Flag" } }).vault).toBe(join(home, "Flag"));
  });

  test("each agent has its model, or the one that is chosen there", () => {
    expect(read({ CODEX_MODEL: "gpt", CLAUDE_MODEL: "opus" }).summary.agentModels).toEqual({
      ...{ pi: undefined, codex: "gpt", claude: "opus" },
    });
  });

  test("what says where the settings file lies cannot stand in it", () => {
    writeFile(linuxFile(), "BUS_HOME=/elsewhere\n");
    const settings = read();
    expect(settings.settingsFile).toBe(linuxFile());
    expect(settings.warnings).toEqual([
      `${linuxFile()}: BUS_HOME says where this file lies, so it only counts outside of it`,
    ]);
  });
});

describe("the mode", () => {
  test.each([
    ["the command's own word wins", { mode: "dev", flags: { production: true } }, "dev"],
    ["--production comes next", { flags: { production: true } }, "start"],
    ["--no-production insists on dev", { flags: { production: false } }, "dev"],
    ["then NODE_ENV decides", {}, "start"],
  ] as const)("%s", (_, more, mode) => {
    expect(read({ NODE_ENV: "production" }, more).mode).toBe(mode);
  });

  test("any other NODE_ENV is dev", () => {
    expect(read({ NODE_ENV: "development" }).mode).toBe("dev");
    expect(read({ NODE_ENV: "test" }).mode).toBe("dev");
  });

  test("start mode checks signatures, and a left-over INNGEST_DEV does not change that", () => {
    expect(read({}, { mode: "start" })).toMatchObject({ isDev: false, warnings: [] });
    const settings = read({ INNGEST_DEV: "http://other:1" }, { mode: "start" });
    expect(settings).toMatchObject({ isDev: false, isEngineUrlGiven: false });
    expect(settings.engineUrl).toBe("http://127.0.0.1:8288");
    expect(settings.warnings).toEqual([
      "INNGEST_DEV does not count in start mode: signatures are checked",
    ]);
  });

  test("INNGEST_DEV=0 makes dev mode check signatures", () => {
    expect(read({ INNGEST_DEV: "0" }).isDev).toBe(false);
    expect(read({ INNGEST_DEV: "1" }).isDev).toBe(true);
  });
});

describe("addresses", () => {
  test("INNGEST_BASE_URL names the engine; an INNGEST_DEV address does so where it does not", () => {
    expect(read({ INNGEST_BASE_URL: "http://nas:8288/" })).toMatchObject({
      engineUrl: "http://nas:8288",
      isEngineUrlGiven: true,
    });
    expect(read({ INNGEST_DEV: "localhost:9000" })).toMatchObject({
      engineUrl: "http://localhost:9000",
      isEngineUrlGiven: true,
      isDev: true,
    });
    const both = read({ INNGEST_DEV: "localhost:9000", INNGEST_BASE_URL: "http://nas:8288" });
    expect(both.engineUrl).toBe("http://nas:8288");
  });

  test.each([
    ["0.0.0.0", "http://127.0.0.1:8288"],
    ["::", "http://[::1]:8288"],
    ["::1", "http://[::1]:8288"],
    ["192.168.1.5", "http://192.168.1.5:8288"],
  ])("who listens on %s is called at %s", (host, url) => {
    expect(read({ BUS_HOST: host }).engineUrl).toBe(url);
  });

  test("the worker's address follows its port, or what the person says of it", () => {
    expect(read({ PORT: "4000" }).workerUrl).toBe("http://127.0.0.1:4000/api/inngest");
    const served = { INNGEST_SERVE_HOST: "https://bus.example.org/", INNGEST_SERVE_PATH: "/x/fn" };
    expect(read(served).workerUrl).toBe("https://bus.example.org/x/fn");
    const both = { ...served, INNGEST_SERVE_ORIGIN: "http://host.docker.internal:3111" };
    expect(read(both).workerUrl).toBe("http://host.docker.internal:3111/x/fn");
  });
});

describe("the worker's own settings", () => {
  test("an archive over ssh carries its method and ssh's configuration", () => {
    const env = { ARCHIVE_TO: "ssh://nas/v", ARCHIVE_METHOD: "scp", ARCHIVE_SSH_CONFIG: "~/cfg" };
    expect(read(env).video.archive).toEqual({
      kind: "ssh",
      user: undefined,
      host: "nas",
      port: undefined,
      path: "/v",
      method: "scp",
      sshConfig: join(home, "cfg"),
    });
  });

  test("a transcript order may have blanks, but no strangers and nothing twice", () => {
    const order = "pocketsphinx, captions,";
    expect(read({ TRANSCRIPT_ORDER: order }).video.transcriptOrder).toEqual([
      "pocketsphinx",
      "captions",
    ]);
    for (const bad of ["whisper", "captions,captions", ",", "captions;pocketsphinx"]) {
      expect(problemsOf({ TRANSCRIPT_ORDER: bad })).toHaveLength(1);
    }
  });

  test("a summary by model needs the model's name and address", () => {
    expect(problemsOf({ SUMMARY_BY: "model" })).toEqual([
      "SUMMARY_MODEL_URL is not set: SUMMARY_BY=model needs it",
      "SUMMARY_MODEL is not set: SUMMARY_BY=model needs it",
    ]);
    expect(problemsOf({ SUMMARY_MODEL_URL: "http://127.0.0.1:11434/v1" })).toEqual([
      "SUMMARY_MODEL is not set: SUMMARY_MODEL_URL needs it",
    ]);
    const env = { SUMMARY_MODEL_URL: "http://127.0.0.1:11434/v1", SUMMARY_MODEL: "qwen" };
    expect(read({ ...env, SUMMARY_BY: "model" }).summary.model).toBe("qwen");
  });
});

describe("what the engine keeps of what is over", () => {
  test("is fewer runs in dev mode, where they are in memory", () => {
    expect(read().keep).toEqual({ days: 30, runs: 10_000 });
    expect(read({}, { mode: "start" }).keep).toEqual({ days: 30, runs: 1_000_000 });
  });

  test("is what was set, 0 included, and nothing but whole numbers", () => {
    expect(read({ BUS_KEEP_DAYS: "0", BUS_KEEP_RUNS: "500" }).keep).toEqual({ days: 0, runs: 500 });
    expect(problemsOf({ BUS_KEEP_DAYS: "1.5", BUS_KEEP_RUNS: "-1" })).toEqual([
      expect.stringContaining("BUS_KEEP_DAYS=1.5 (environment): must be a whole number"),
      expect.stringContaining("BUS_KEEP_RUNS=-1 (environment): must be a whole number"),
    ]);
  });
});

describe("where the worker listens", () => {
  test("is where everything does", () => {
    expect(read()).toMatchObject({
      bridgeHost: undefined,
      workerOrigin: "http://127.0.0.1:3111",
      workerUrl: "http://127.0.0.1:3111/api/inngest",
    });
  });

  test("and, where a container has to reach it, there, too: in persistent mode only", () => {
    const given = { BUS_BRIDGE_HOST: "172.17.0.1" };
    expect(read(given, { mode: "start" })).toMatchObject({
      bridgeHost: "172.17.0.1",
      workerOrigin: "http://127.0.0.1:3111",
    });
    // A worker in dev mode checks no signatures.
    expect(read(given, { mode: "dev" }).bridgeHost).toBeUndefined();
  });

  test("a container calls it by Docker's name for the machine, or as the person says", () => {
    const docker = read({ BUS_ENGINE: "docker", BUS_WORKER_PORT: "4000" }, { mode: "start" });
    expect(docker.workerUrl).toBe("http://host.docker.internal:4000/api/inngest");
    expect(docker.workerOrigin).toBe("http://127.0.0.1:4000");
    const proxied = { BUS_ENGINE: "docker", INNGEST_SERVE_ORIGIN: "https://bus.example.ts.net" };
    expect(read(proxied).workerUrl).toBe("https://bus.example.ts.net/api/inngest");
  });
});
