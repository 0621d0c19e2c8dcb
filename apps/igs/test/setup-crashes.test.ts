// `igs setup`, ended at each of its changes and steps, and run again: the end is always the same. It runs in
// this process, with the fakes of docker and kubectl behind its door; a crash is an error that nobody catches.

import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunClient } from "../src/containers/run-client.ts";
import type { CliContext } from "../src/context.ts";
import type { Io } from "../src/output/io.ts";
import { plainPaint } from "../src/output/paint.ts";
import { manifestPath } from "../src/setup/cluster/look-at-cluster.ts";
import { type RunSetupFlags, runSetup } from "../src/setup/run-setup.ts";
import { canListen, findFreePorts } from "../src/supervisor/check-port.ts";
import { FakeDocker } from "./fakes/fake-docker.ts";
import { FakeKubectl } from "./fakes/fake-kubectl.ts";
import { LocalHost } from "./fakes/server-host.ts";

class PowerCut extends Error {}

const [ENGINE_PORT = 0, WORKER_PORT = 0] = findFreePorts("127.0.0.1", 2);
const NODE_PORT = 30_288;
const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** A machine with Docker and a cluster, on which `igs setup` is run, perhaps several times. */
class Machine {
  readonly home = mkdtempSync(join(tmpdir(), "igs-setup-"));
  readonly host = new LocalHost();
  readonly #docker: FakeDocker;
  readonly #kubectl: FakeKubectl;
  /** How many moments there were so far; a power cut comes at the one of number `cutAt`. */
  #moments = 0;
  #cutAt = 0;

  constructor() {
    homes.push(this.home);
    const state = join(this.home, "fake");
    mkdirSync(state);
    const options = { state, host: this.host, onChange: () => this.#pass() };
    this.#docker = new FakeDocker(options);
    this.#kubectl = new FakeKubectl(options);
  }

  async docker(...argv: readonly string[]): Promise<string> {
    const end = await this.#docker.call({ argv, env: {}, input: "" });
    if (end.exitCode !== 0) throw new Error(end.stderr);
    return end.stdout;
  }

  /** Which steps had to be done, and how many moments there were. Throws a PowerCut at moment `cutAt`. */
  async setup(flags: RunSetupFlags, cutAt = 0) {
    this.#moments = 0;
    this.#cutAt = cutAt;
    const done: string[] = [];
    const io: Io = {
      ...{ isJson: true, paint: plainPaint, columnsMax: undefined, warn() {}, status() {} },
      emit: ({ step, state }) => {
        if (state !== "done") return;
        done.push(String(step));
        this.#pass();
      },
    };
    const given = { work: "background", start: "none", yes: true } as const;
    const ports = { enginePort: ENGINE_PORT, workerPort: WORKER_PORT };
    await runSetup({ io, context: this.#context() }, { ...given, ...ports, ...flags }, this.#run);
    return { done, moments: this.#moments };
  }

  /** Everything that is left, with keys and ids by their names. */
  async end(): Promise<unknown> {
    const settings = readFileSync(join(this.home, "env"), "utf8");
    const keys = [...settings.matchAll(/_KEY=(\S+)/g)].map(([, key]) => key ?? "");
    const folder = join(this.home, "fake");
    const clusterFile = join(folder, "cluster.json");
    const texts = {
      settings,
      inngest: await this.docker("container", "inspect", "inngest").catch(String),
      aside: await this.docker("container", "inspect", "inngest-replaced").catch(String),
      second: await this.docker("container", "inspect", "inngest-replaced-2").catch(String),
      volume: existsSync(join(folder, "volumes/inngest-data")),
      cluster: existsSync(clusterFile) ? readFileSync(clusterFile, "utf8") : "",
    };
    let shown = JSON.stringify(texts);
    for (const [index, key] of keys.entries()) {
      shown = shown.replaceAll(key, `KEY ${index}`).replaceAll(btoa(key), `KEY ${index} in 64`);
    }
    // Ids differ, and which of several starts a server had.
    return JSON.parse(
      shown.replace(/(Id\\": \\")[0-9a-f]{32}/g, "$1").replace(/(pod\\":)\d+/g, "$1"),
    );
  }

  #run: RunClient = async ([name, ...argv], { env, input = "" }) => {
    const call = { argv, env, input };
    return name === "docker" ? this.#docker.call(call) : this.#kubectl.call(call);
  };

  #pass(): void {
    this.#moments += 1;
    if (this.#moments === this.#cutAt) throw new PowerCut();
  }

  #context(): CliContext {
    const env = { HOME: this.home, BUS_HOME: this.home, PATH: "", FAKE_GATEWAY: "127.0.0.1" };
    const sink = { write() {} };
    return {
      ...{ programName: "igs", process: { env, stdout: sink, stderr: sink } },
      ...{ stdout: sink, stderr: sink, env, cwd: this.home, isTerminal: false },
      ...{ terminalColumns: undefined, confirm: undefined, readStdin: async () => "" },
      openAddress: async () => false,
      ...{ listenForStop: () => new AbortController().signal, exit: { code: 0 } },
    };
  }
}

interface Story {
  readonly name: string;
  readonly flags: RunSetupFlags;
  readonly prepare?: (machine: Machine) => Promise<unknown>;
  /** The steps of a run that nothing disturbs. */
  readonly steps: readonly string[];
}

/** Seed 000, tier 2, word by word but for the port. */
const runSeedContainer = (machine: Machine) =>
  machine.docker(
    ...["run", "--detach", "--name", "inngest", "--publish", `${ENGINE_PORT}:8288`],
    ...["--volume", "inngest-data:/var/lib/inngest"],
    ...["--env", `INNGEST_SIGNING_KEY=signkey-dev-${"ab".repeat(16)}`],
    ...["--env", "INNGEST_EVENT_KEY=evtkey-dev-1", "--restart", "unless-stopped"],
    ...["inngest/inngest:latest", "inngest", "start", "--host", "0.0.0.0"],
  );

const FRESH = ["fetch-image", "store-keys", "store-settings", "make-vault"];

const STORIES: readonly Story[] = [
  {
    name: "tier 1 on a fresh machine",
    flags: { tier: 1 },
    steps: [...FRESH, "run-container", "await-engine"],
  },
  {
    name: "tier 2 on a fresh machine",
    flags: { tier: 2 },
    steps: [...FRESH, "make-volume", "run-container", "await-engine"],
  },
  {
    name: "tier 2 where the seeds' container runs",
    flags: { tier: 2 },
    prepare: runSeedContainer,
    steps: [...FRESH, "set-aside-container", "run-container", "await-engine"],
  },
  {
    name: "tier 2 after tier 1",
    flags: { tier: 2 },
    prepare: (machine) => machine.setup({ tier: 1 }),
    steps: ["make-volume", "remove-container", "run-container", "await-engine"],
  },
  {
    name: "tier 0 after tier 2",
    flags: { tier: 0 },
    prepare: (machine) => machine.setup({ tier: 2 }),
    steps: ["store-settings", "stop-container"],
  },
  {
    name: "tier 3 on a fresh machine",
    flags: { tier: 3 },
    steps: [
      ...["store-keys", "store-settings", "make-vault", "apply-manifest", "store-secret"],
      ...["await-rollout", "await-engine"],
    ],
  },
];

let machine: Machine;
afterEach(() => machine.host.end());

async function freshMachine({ prepare }: Story): Promise<Machine> {
  await machine?.host.end();
  machine = new Machine();
  await prepare?.(machine);
  return machine;
}

describe("ended at any moment and run again, it comes to the same end", () => {
  for (const story of STORIES) {
    // The manifest fixes the port.
    const isPossible =
      story.flags.tier !== 3 || (existsSync(manifestPath) && canListen("127.0.0.1", NODE_PORT));
    test.skipIf(!isPossible)(
      story.name,
      async () => {
        const undisturbed = await freshMachine(story);
        const { done, moments } = await undisturbed.setup(story.flags);
        expect(done).toEqual([...story.steps]);
        expect((await undisturbed.setup(story.flags)).done).toEqual([]);
        const wanted = await undisturbed.end();

        for (let cutAt = 1; cutAt <= moments; cutAt += 1) {
          const cut = await freshMachine(story);
          await expect(cut.setup(story.flags, cutAt)).rejects.toThrow(PowerCut);
          await cut.setup(story.flags);
          expect(await cut.end()).toEqual(wanted);
          expect((await cut.setup(story.flags)).done).toEqual([]);
        }
      },
      30_000,
    );
  }
});
