import { describe, expect, test } from "bun:test";
import { readFoundKeys, readSettings } from "@system-bus/settings";
import { CliError } from "../output/failure.ts";
import { SOME_KEYS, someAnswers, someContainer, someFound } from "../testing/some-setup.ts";
import { planSetup } from "./plan-setup.ts";
import type { SetupAnswers } from "./setup-answers.ts";
import type { FoundContainers, SetupFound } from "./setup-found.ts";

const RECORD = { tier: 2, start: "process", pid: 7, settingsMark: "now" } as const;
const OUR_BUS = { kind: "ours", way: "process", pid: 7 } as const;
const INNGEST = { kind: "inngest", version: null, latencyMs: 1 } as const;
const EMBEDDED = { kind: "embedded", version: "0.1.0", isDev: false, latencyMs: 1 } as const;

const containers = (given: Partial<FoundContainers>): FoundContainers => ({
  inngest: null,
  hasImage: true,
  hasVolume: true,
  asideName: "inngest-replaced",
  gateway: "172.17.0.1",
  ...given,
});

const KEYS_ARE_STORED = {
  inForce: SOME_KEYS,
  stored: SOME_KEYS,
  keysFile: null,
  engine: null,
};

/** After a tier 2 that went through. */
const tier2Found = (found: Partial<SetupFound> = {}): SetupFound =>
  someFound({
    stored: new Map([
      ["BUS_ENGINE", "docker"],
      ["BUS_BRIDGE_HOST", "172.17.0.1"],
    ]),
    settingsMark: "now",
    record: RECORD,
    hasVault: true,
    keySources: KEYS_ARE_STORED,
    containers: containers({ inngest: someContainer() }),
    engine: INNGEST,
    bus: OUR_BUS,
    ...found,
  });

const open = (answers: SetupAnswers, found: SetupFound): readonly string[] =>
  planSetup(answers, found).steps.flatMap(({ act, isDone }) => (isDone ? [] : [act.kind]));

const settingsOf = (answers: SetupAnswers, found: SetupFound): Record<string, string> => {
  const store = planSetup(answers, found).steps.find(({ act }) => act.kind === "store-settings");
  return store?.act.kind === "store-settings" ? Object.fromEntries(store.act.changes) : {};
};

const refusal = (answers: SetupAnswers, found: SetupFound): CliError => {
  try {
    planSetup(answers, found);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error("it was not refused");
};

describe("on a fresh machine", () => {
  test("tier 0 makes keys, settings and the vault, and starts the bus", () => {
    const found = someFound({ docker: { kind: "not-installed" }, containers: null });
    expect(open(someAnswers(), found)).toEqual([
      "store-keys",
      "store-settings",
      "make-vault",
      "start-bus",
    ]);
    expect(settingsOf(someAnswers(), found)).toEqual({ BUS_ENGINE: "embedded" });
  });

  test("tier 1 fetches the image before anything is changed, and has no volume", () => {
    expect(open(someAnswers({ tier: 1 }), someFound())).toEqual([
      "fetch-image",
      "store-keys",
      "store-settings",
      "make-vault",
      "run-container",
      "await-engine",
      "start-bus",
    ]);
  });

  test("tier 2 has a volume, and a worker that the container reaches", () => {
    expect(open(someAnswers({ tier: 2 }), someFound())).toContain("make-volume");
    expect(settingsOf(someAnswers({ tier: 2 }), someFound())).toEqual({
      BUS_ENGINE: "docker",
      BUS_BRIDGE_HOST: "172.17.0.1",
    });
  });

  test("where Docker runs in a virtual machine, the worker stays on loopback", () => {
    const found = someFound({ platform: "darwin", containers: containers({ gateway: null }) });
    expect(settingsOf(someAnswers({ tier: 2 }), found)).toEqual({ BUS_ENGINE: "docker" });
  });

  test("what a person chose is stored: vault, archive, agents, ports", () => {
    const answers = someAnswers({
      ...{ vault: "/notes", archive: "ssh://nas/v", agents: ["pi", "codex"], enginePort: 9000 },
    });
    expect(settingsOf(answers, someFound())).toMatchObject({
      VAULT_PATH: "/notes",
      ARCHIVE_TO: "ssh://nas/v",
      LOOP_TOOLS: "pi,codex",
      BUS_ENGINE_PORT: "9000",
    });
    expect(settingsOf({ ...answers, work: "background" }, someFound())).not.toHaveProperty(
      "LOOP_TOOLS",
    );
  });

  test("with --start none nothing is started", () => {
    expect(open(someAnswers({ start: "none" }), someFound())).not.toContain("start-bus");
  });
});

describe("the second time", () => {
  test("there is nothing to do", () => {
    expect(open(someAnswers({ tier: 2 }), tier2Found())).toEqual([]);
  });

  test("a container that was stopped is started, and nothing else", () => {
    const stopped = containers({ inngest: someContainer({ isRunning: false }) });
    const found = tier2Found({ containers: stopped, engine: { kind: "none" } });
    expect(open(someAnswers({ tier: 2 }), found)).toEqual(["start-container", "await-engine"]);
  });

  test("a bus that has ended is started", () => {
    expect(open(someAnswers({ tier: 2 }), tier2Found({ bus: { kind: "none" } }))).toEqual([
      "start-bus",
    ]);
  });

  test("a bus that has not read the settings as they are is started again", () => {
    const found = tier2Found({ settingsMark: "changed since" });
    expect(open(someAnswers({ tier: 2 }), found)).toEqual(["stop-bus", "start-bus"]);
  });

  test("a bus that is to be a daemon from now on is stopped, and starts as one", () => {
    const answers = someAnswers({ tier: 2, start: "daemon" });
    expect(open(answers, tier2Found())).toEqual(["stop-bus", "start-bus"]);
    const bus = { kind: "ours", way: "daemon", pid: 9 } as const;
    expect(open(answers, tier2Found({ bus }))).toEqual([]);
  });

  test("another vault is stored, and the bus starts again with it", () => {
    const answers = someAnswers({ tier: 2, vault: "/notes" });
    expect(open(answers, tier2Found())).toEqual(["store-settings", "stop-bus", "start-bus"]);
  });
});

describe("what is there is taken over", () => {
  const keys = readFoundKeys(
    new Map([
      ["INNGEST_EVENT_KEY", SOME_KEYS.eventKey],
      ["INNGEST_SIGNING_KEY", SOME_KEYS.signingKey],
    ]),
  );
  const fresh = (inngest: FoundContainers["inngest"]) =>
    someFound({
      containers: containers({ inngest }),
      keySources: {
        ...someFound().keySources,
        engine: { name: "the container inngest", keys },
      },
      engine: INNGEST,
    });

  test("a container that does what is wanted keeps running, with its keys", () => {
    const plan = open(someAnswers({ tier: 2 }), fresh(someContainer({ labels: {} })));
    expect(plan).toEqual(["store-keys", "store-settings", "make-vault", "start-bus"]);
  });

  test("a container as the seeds run it is set aside, not removed, and told of", () => {
    const seeds = someContainer({
      ...{ labels: {}, published: [{ address: "", port: 8288 }], extraHosts: [] },
    });
    const { steps, warnings } = planSetup(someAnswers({ tier: 2 }), fresh(seeds));
    expect(steps.map(({ act }) => act.kind)).not.toContain("remove-container");
    const kinds = steps.flatMap(({ act, isDone }) => (isDone ? [] : [act.kind]));
    expect(kinds.slice(-4)).toEqual([
      "set-aside-container",
      "run-container",
      "await-engine",
      "start-bus",
    ]);
    expect(warnings.join()).toMatch(/open to the network.*kept, stopped, as inngest-replaced/);
  });

  test("a container of ours with another tier is replaced", () => {
    expect(open(someAnswers({ tier: 1 }), tier2Found())).toEqual([
      "stop-bus",
      "remove-container",
      "run-container",
      "await-engine",
      "start-bus",
    ]);
  });

  test("a .env.inngest that others can read is closed to them", () => {
    const keysFile = { path: "/home/me/.env.inngest", keys };
    const keySources = { ...someFound().keySources, keysFile };
    const found = someFound({ keySources, isKeysFileOpen: true });
    expect(open(someAnswers(), found)).toContain("protect-keys-file");
    expect(open(someAnswers(), { ...found, isKeysFileOpen: false })).not.toContain(
      "protect-keys-file",
    );
  });

  test("a server that was named is forgotten together with the worker's address for it", () => {
    const stored = new Map([
      ["INNGEST_BASE_URL", "http://127.0.0.1:30288"],
      ["INNGEST_SERVE_ORIGIN", "http://host.docker.internal:3111"],
    ]);
    expect(settingsOf(someAnswers(), someFound({ stored }))).toMatchObject({
      INNGEST_BASE_URL: "",
      INNGEST_SERVE_ORIGIN: "",
    });
    const proxied = new Map([["INNGEST_SERVE_ORIGIN", "https://bus.example.ts.net"]]);
    expect(settingsOf(someAnswers(), someFound({ stored: proxied }))).not.toHaveProperty(
      "INNGEST_SERVE_ORIGIN",
    );
  });

  test("a container in the way of the embedded engine is stopped and kept", () => {
    const found = tier2Found({ unfinished: { embedded: null, inngest: 0 } });
    expect(open(someAnswers({ tier: 0 }), found)).toEqual([
      "store-settings",
      "stop-bus",
      "stop-container",
      "start-bus",
    ]);
    expect(settingsOf(someAnswers({ tier: 0 }), found)).toEqual({
      BUS_ENGINE: "embedded",
      BUS_BRIDGE_HOST: "",
    });
  });
});

test("no key is part of a plan", () => {
  const keysFile = { path: "/k", keys: readFoundKeys(new Map()) };
  const keySources = { ...KEYS_ARE_STORED, stored: someFound().keySources.stored, keysFile };
  for (const tier of [0, 1, 2] as const) {
    const { steps, warnings } = planSetup(someAnswers({ tier }), someFound({ keySources }));
    const shown = JSON.stringify([steps, warnings]);
    for (const key of Object.values(SOME_KEYS)) expect(shown).not.toContain(key);
  }
});

describe("refused, with nothing changed, is", () => {
  test.each([
    [{ kind: "not-installed" }, "docker is not installed"],
    [{ kind: "not-answering", reason: "Cannot connect" }, "docker's daemon does not answer"],
  ] as const)("a container without Docker: %p", (docker, words) => {
    const error = refusal(someAnswers({ tier: 2 }), someFound({ docker, containers: null }));
    expect(error).toMatchObject({ code: "unavailable", message: expect.stringContaining(words) });
    expect(error.fix).toContain("--tier 0");
  });

  test("a daemon where nothing could keep it alive", () => {
    const answers = someAnswers({ start: "daemon" });
    expect(refusal(answers, someFound({ canBeDaemon: false })).code).toBe("unavailable");
    expect(open(answers, someFound())).toContain("start-bus");
  });

  test("a port that something else has", () => {
    const other = { kind: "other", description: "a program that is no engine" } as const;
    expect(refusal(someAnswers(), someFound({ engine: other })).code).toBe("port-taken");
    expect(refusal(someAnswers({ tier: 2 }), someFound({ engine: INNGEST })).message).toContain(
      "not in a container called inngest",
    );
  });

  test("a container for a bus that is elsewhere than on loopback", () => {
    const env = { BUS_HOST: "192.168.1.5" };
    const settings = readSettings({ env, mode: "start", home: "/home/me" });
    const error = refusal(someAnswers({ tier: 2 }), someFound({ settings }));
    expect(error.message).toContain("BUS_HOST=192.168.1.5");
    expect(open(someAnswers(), someFound({ settings }))).toContain("start-bus");
  });

  test("leaving runs behind on the other engine", () => {
    const found = someFound({ engine: EMBEDDED, bus: OUR_BUS });
    const left = { ...found, unfinished: { embedded: 2, inngest: null } };
    expect(refusal(someAnswers({ tier: 2 }), left)).toMatchObject({
      code: "unfinished-runs",
      message: expect.stringContaining("2 runs are not finished on the embedded engine"),
    });
    expect(open(someAnswers({ tier: 0 }), left)).toContain("start-bus");
    const container = tier2Found({ unfinished: { embedded: null, inngest: 1 } });
    expect(refusal(someAnswers({ tier: 0 }), container).message).toContain("1 run is not finished");
  });

  test("a change under a bus that somebody else has started", () => {
    const bus = { kind: "other" } as const;
    const found = tier2Found({ bus });
    expect(open(someAnswers({ tier: 2 }), found)).toEqual([]);
    const changed = someAnswers({ tier: 2, vault: "/notes" });
    expect(refusal(changed, found)).toMatchObject({ code: "refused" });
    expect(refusal(someAnswers(), someFound({ bus, engine: EMBEDDED })).code).toBe("refused");
  });

  test("a setting that the environment would overrule", () => {
    const env = { BUS_ENGINE: "inngest" };
    const settings = readSettings({ env, mode: "start", home: "/home/me" });
    expect(refusal(someAnswers(), someFound({ settings }))).toMatchObject({
      code: "settings",
      message: expect.stringContaining("BUS_ENGINE=inngest in the environment"),
    });
  });
});
