import { readSettings } from "@system-bus/settings";
import type { SeenContainer } from "../containers/seen-container.ts";
import type { SetupAnswers } from "../setup/setup-answers.ts";
import type { SetupFound } from "../setup/setup-found.ts";

export const SOME_KEYS = { eventKey: "e".repeat(64), signingKey: "ab".repeat(32) };
const NO_KEYS = { eventKey: undefined, signingKey: undefined };

export const someAnswers = (answers: Partial<SetupAnswers> = {}): SetupAnswers => ({
  tier: 0,
  work: "both",
  ownWorker: null,
  vault: "/home/me/Vault",
  archive: null,
  agents: null,
  start: "process",
  enginePort: 8288,
  workerPort: 3111,
  ...answers,
});

/** A fresh Linux machine with Docker. */
export const someFound = (found: Partial<SetupFound> = {}): SetupFound => ({
  platform: "linux",
  settings: readSettings({
    env: {},
    mode: "start",
    home: "/home/me",
    platform: "linux",
    arch: "x64",
  }),
  stored: new Map(),
  settingsMark: "none",
  record: null,
  hasVault: false,
  keySources: { inForce: NO_KEYS, stored: NO_KEYS, keysFile: null, engine: null },
  isKeysFileOpen: false,
  docker: { kind: "ready", version: "27.3.1" },
  canBeDaemon: true,
  containers: {
    inngest: null,
    hasImage: false,
    hasVolume: false,
    asideName: "inngest-replaced",
    gateway: "172.17.0.1",
  },
  cluster: null,
  engine: { kind: "none" },
  bus: { kind: "none" },
  unfinished: { embedded: null, inngest: null },
  ...found,
});

/** The one that tier 2 runs, with SOME_KEYS. */
export const someContainer = (container: Partial<SeenContainer> = {}): SeenContainer => ({
  id: "1553c6",
  image: "inngest/inngest:v1.45.1",
  isRunning: true,
  labels: { "system-bus.setup": "1" },
  env: new Map([
    ["INNGEST_EVENT_KEY", SOME_KEYS.eventKey],
    ["INNGEST_SIGNING_KEY", SOME_KEYS.signingKey],
    ["INNGEST_SQLITE_DIR", "/var/lib/inngest"],
  ]),
  command: ["inngest", "start", "--sdk-url", "http://host.docker.internal:3111/api/inngest"],
  published: [{ address: "127.0.0.1", port: 8288 }],
  restartPolicy: "unless-stopped",
  extraHosts: ["host.docker.internal:host-gateway"],
  mounts: [{ name: "inngest-data", destination: "/var/lib/inngest" }],
  ...container,
});
