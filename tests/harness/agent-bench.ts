// One agent, run as the worker runs it: as a program under a real supervisor, from a spec of its
// adapter's, read by its adapter. Without engine and worker: what is under test is what lies between.

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type AgentCaps,
  type AgentName,
  type AgentResult,
  agentProgram,
  type CappedAgentResult,
  cappedAgentProgram,
  readAgentResult,
  readCappedResult,
  readLostUsage,
  readPriceTable,
} from "@system-bus/agents";
import {
  createPrograms,
  type EndedProgram,
  type LostProgram,
  type ProgramSpec,
  type ProgramStatus,
  type Programs,
  type StepTools,
} from "@system-bus/programs";
import { agentCommands, setUpAgent } from "./agents.ts";
import { ModelServer } from "./model-server.ts";
import { findProcessesOf, type SeenProcess } from "./processes.ts";
import { type ProgramRecord, ProgramRecords } from "./program-records.ts";
import { Scratch } from "./scratch.ts";
import { waitFor } from "./wait-for.ts";

export type AgentRun = Partial<Omit<Parameters<typeof agentProgram>[1], "command">> & {
  /** Changes of the environment of which the agent gets its part. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The name of a recording: kept in the folder that AGENT_RECORDINGS names, where it is set. */
  readonly keepAs?: string;
};

export interface AgentBenchOptions {
  readonly outputMaxBytes?: number;
}

/**
 * Drawn anew for each bench: a program's processes are found by a mark that has its run's id in it, and
 * benches stand side by side.
 */
function drawRunId(): string {
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `01K3ZJ4T1Q${[...bytes].map((byte) => digits[byte % 32]).join("")}`;
}

export class AgentBench implements AsyncDisposable {
  readonly name: AgentName;
  readonly command: string;
  readonly scratch: Scratch;
  readonly model = new ModelServer();
  /** What the worker would see: a home, and keys of which some are none of the agent's business. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly #programs: Programs;
  readonly #runId = drawRunId();
  /** Hears that a program has ended, as an engine does. */
  readonly #engine = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      // The supervisor's event; its key is all that is read of it.
      const { data } = (await request.json()) as { readonly data: { readonly key: string } };
      this.#heard.add(data.key);
      return Response.json({ ids: [], status: 200 });
    },
  });
  readonly #heard = new Set<string>();
  #isStopped = false;
  #stepCount = 0;
  /** The latest program, once it has ended. */
  ended: EndedProgram | null = null;

  private constructor(name: AgentName, scratch: Scratch, options: AgentBenchOptions) {
    const command = agentCommands[name];
    if (command === null) throw new Error(`${name} is not installed`);
    this.name = name;
    this.command = command;
    this.scratch = scratch;
    this.env = { ...scratch.env, INNGEST_SIGNING_KEY: "5ec4e7", AWS_SECRET_ACCESS_KEY: "none" };
    this.#programs = createPrograms({
      dir: scratch.path("programs"),
      slots: {},
      sendTo: { baseUrl: this.#engine.url.origin, eventKey: undefined },
      env: this.env,
      lookEveryMs: 300,
      ...options,
    });
  }

  static async open(name: AgentName, options: AgentBenchOptions = {}): Promise<AgentBench> {
    const scratch = await Scratch.create();
    await mkdir(scratch.path("project"));
    return new AgentBench(name, scratch, options);
  }

  /** A file or folder in the agent's working folder. */
  inProject(name: string): string {
    return this.scratch.path("project", name);
  }

  /** Runs the agent to its end. */
  async run(run: AgentRun = {}): Promise<AgentResult> {
    const spec = agentProgram(...(await this.#askFor(run)));
    return this.#runToEnd(spec, run, (ended) => readAgentResult(this.name, ended));
  }

  /** Runs it to its end, or to its caps: by themselves there are none. */
  async runCapped({
    caps = {},
    ...run
  }: AgentRun & { readonly caps?: Partial<AgentCaps> } = {}): Promise<CappedAgentResult> {
    const prices = await readPriceTable(null);
    const spec = cappedAgentProgram(...(await this.#askFor(run)), {
      ...{ tokensMax: null, costMaxUsd: null, prices },
      ...caps,
    });
    return this.#runToEnd(
      spec,
      run,
      (ended) => readCappedResult(this.name, ended),
      async (lost) => ({
        ...{ ok: false, kind: "crashed", reason: "it was lost", isCapped: false, durationMs: 0 },
        ...(await readLostUsage(this.name, lost)),
      }),
    );
  }

  async #askFor({ env, keepAs, ...request }: AgentRun): Promise<Parameters<typeof agentProgram>> {
    const setUp = await setUpAgent(this.name, this.scratch, this.model);
    const variables = { ...this.env, ...setUp, ...env };
    const program = {
      ...{ prompt: "Say hello.", permissions: "answer" as const, materialPath: undefined },
      ...{ skillPath: undefined, folder: this.scratch.path("project"), timeMaxMs: 60_000 },
      model: this.name === "pi" ? "local/scripted" : "scripted",
      ...request,
      command: this.command,
    };
    return [this.name, program, { env: variables, searchPath: variables["PATH"] ?? "" }];
  }

  #runToEnd<T>(
    spec: Omit<ProgramSpec, "attemptsMax">,
    { keepAs }: AgentRun,
    read: (ended: EndedProgram) => Promise<T>,
    readLost?: (lost: LostProgram) => Promise<T>,
  ): Promise<T> {
    this.#stepCount += 1;
    return this.#programs.run(this.#step, `agent-${this.#stepCount}`, {
      runId: this.#runId,
      spec: { ...spec, attemptsMax: 1 },
      read: async (ended) => {
        this.ended = ended;
        if (keepAs !== undefined) await this.#keep(keepAs, ended);
        return read(ended);
      },
      ...(readLost === undefined ? {} : { readLost }),
    });
  }

  /** The agent that runs now, once its model has been asked this often. */
  async waitForCall(count: number): Promise<ProgramStatus> {
    await waitFor(`${this.name} to ask its model`, () => this.model.calls.length >= count);
    const running = (await this.#programs.list()).find(({ state }) => state === "running");
    if (!running) throw new Error(`promised: ${this.name} runs while its model thinks`);
    return running;
  }

  /** Of the latest agent, while it runs; with caps, of its watcher. */
  async findPid(): Promise<number> {
    return (await this.#findRunning()).pid;
  }

  async findSupervisorPid(): Promise<number> {
    return (await this.#findRunning()).supervisorPid ?? 0;
  }

  async #findRunning(): Promise<ProgramRecord & { readonly pid: number }> {
    const records = new ProgramRecords(this.scratch.path("programs"));
    const running = await records.findRunning(`agent-${this.#stepCount}`);
    if (!running) throw new Error(`promised: ${this.name} runs`);
    return running;
  }

  /** Looks after its programs from now on, as a worker does that has started. */
  resume(): Promise<void> {
    return this.#programs.resume();
  }

  /** Ends what runs, as a cancelled run's programs are ended. */
  async stop(): Promise<void> {
    await this.#programs.stopRun(this.#runId);
    // Nobody announces such an end: the run is no more.
    this.#isStopped = true;
  }

  /** Processes of the agent and of its tools; the supervisor is none of them. */
  async findProcesses(): Promise<readonly SeenProcess[]> {
    const found = await findProcessesOf(this.scratch.root);
    return found.filter(({ command }) => !command.includes("supervisor/main.ts"));
  }

  /** For the tests of the package's parsers; without what is of this machine. */
  async #keep(name: string, { stdoutPath, stderrPath }: EndedProgram): Promise<void> {
    const folder = process.env.AGENT_RECORDINGS;
    if (!folder) return;
    for (const [stream, path] of Object.entries({ stdout: stdoutPath, stderr: stderrPath })) {
      const output = await Bun.file(path).text();
      if (output === "") continue;
      const text = output
        .replaceAll(this.scratch.root, "/scratch")
        // claude names a folder after the one it works in.
        .replaceAll(this.scratch.root.replaceAll("/", "-"), "-scratch")
        .replaceAll(this.model.origin, "http://127.0.0.1:1")
        .replaceAll(new URL(this.model.origin).host, "127.0.0.1:1")
        .replaceAll(dirname(dirname(dirname(this.command))), "/tools");
      await Bun.write(join(folder, this.name, `${name}.${stream}.txt`), text);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#programs.close();
    await this.model[Symbol.asyncDispose]();
    await this.scratch[Symbol.asyncDispose]();
    await this.#engine.stop(true);
  }

  /** Steps that remember nothing: a test's run is never replayed. */
  readonly #step: StepTools = {
    run: (_id, work) => work(),
    waitForEvent: (_id, { if: condition }) =>
      waitFor(
        `${this.name} to end`,
        () => this.#isStopped || [...this.#heard].some((key) => condition.includes(`"${key}"`)),
        { maxMs: 90_000 },
      ),
  };
}
