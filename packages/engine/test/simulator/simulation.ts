// One world from one seed: functions and events, an engine over a real store, an app, all the trouble that
// the seed has, and the checks that look on.

import { FakeApp } from "./app/fake-app.ts";
import { Witness } from "./app/witness.ts";
import { Book } from "./checks/book.ts";
import { Checks } from "./checks/checks.ts";
import { Disturbances } from "./checks/disturbances.ts";
import { Spells } from "./faults/spells.ts";
import { drawStatementFate } from "./faults/statement-fates.ts";
import { TroublePlan } from "./faults/trouble.ts";
import { type CallInFlight, Wire } from "./faults/wire.ts";
import { APP_NAME, createFunctions } from "./plan/create-functions.ts";
import { hasBigOutputs } from "./plan/create-plan.ts";
import type { FunctionSpec } from "./plan/function-spec.ts";
import { AppState } from "./world/app-state.ts";
import { EngineHost } from "./world/engine-host.ts";
import { Outside } from "./world/outside.ts";
import { Random } from "./world/random.ts";
import { WorldRecord } from "./world/record.ts";
import { World } from "./world/world.ts";

export interface SimulationOptions {
  readonly seed: number;
  /** Gets each line of the log as it is written. */
  readonly print?: (line: string) => void;
  /** Kinds of trouble that are left out, for finding what a failure needs. */
  readonly without?: ReadonlySet<string>;
  readonly eventsMax?: number;
}

export interface SimulationResult {
  readonly seed: number;
  /** What was broken, or null when everything held. */
  readonly problem: string | null;
  /** The same for the same seed. */
  readonly hash: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly lastLines: readonly string[];
}

const EVENTS_MAX = 20;
/** Of a world whose functions return megabytes. */
const HEAVY_EVENTS_MAX = 5;
const TURNS_MAX = 400_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How long a world may take to come to rest; its longest sleeps and timeouts take hours. */
const REST_MS_MAX = 30 * DAY_MS;
/** The app registers first. */
const BEGIN_MS = 1_000;

export function simulate(options: SimulationOptions): SimulationResult {
  const record = new WorldRecord(options.print ?? null);
  let problem: string | null;
  try {
    problem = new Simulation(options, record).run();
  } catch (error) {
    problem = `the world broke: ${error instanceof Error ? error.stack : error}`;
  }
  const { hash, counts, lastLines } = record;
  return { seed: options.seed, problem, hash, counts, lastLines };
}

class Simulation {
  readonly #world: World;
  readonly #random: Random;
  readonly #deaths: Random;
  readonly #specs: readonly FunctionSpec[];
  readonly #trouble: TroublePlan;
  readonly #disturbances: Disturbances;
  readonly #witness = new Witness();
  readonly #inFlight = new Set<CallInFlight>();
  readonly #book: Book;
  readonly #checks: Checks;
  readonly #app: AppState;
  readonly #host: EngineHost;
  readonly #wire: Wire;
  readonly #outside: Outside;
  readonly #spells: Spells;
  readonly #horizonMs: number;
  #cancelRestart = (): void => {};

  constructor(options: SimulationOptions, record: WorldRecord) {
    const { seed, without = new Set(), eventsMax = EVENTS_MAX } = options;
    const random = new Random(seed);
    const shape = random.fork("shape");
    this.#random = random;
    this.#deaths = random.fork("deaths");
    this.#world = new World(random, record);
    this.#specs = createFunctions(random.fork("functions"));
    this.#trouble = new TroublePlan(random, without);
    this.#disturbances = new Disturbances(this.#world);
    this.#book = new Book(this.#world, this.#specs);
    this.#app = new AppState(this.#specs);
    this.#horizonMs = shape.spread(MINUTE_MS, DAY_MS);
    this.#checks = new Checks({
      world: this.#world,
      book: this.#book,
      witness: this.#witness,
      disturbances: this.#disturbances,
      inFlight: this.#inFlight,
    });
    this.#host = this.#createHost(shape.chance(0.3) ? 1_000 : null);
    this.#wire = this.#createWire();
    this.#outside = this.#createOutside(eventsMax);
    this.#spells = this.#createSpells();
  }

  run(): string | null {
    const world = this.#world;
    this.#startEngine();
    void this.#outside.sync();
    world.after(BEGIN_MS, () => {
      this.#outside.schedule();
      this.#spells.schedule();
    });
    world.after(BEGIN_MS + this.#horizonMs, () => this.#calmDown());
    const endMs = world.nowMs + this.#horizonMs + REST_MS_MAX;
    for (let turn = 0; turn < TURNS_MAX && !world.violation; turn += 1) {
      if (this.#trouble.isOver && this.#isAtRest()) break;
      if (!world.step() || world.nowMs > endMs) break;
    }
    if (!world.violation && !this.#isAtRest()) world.fail(this.#describeUnrest());
    if (!world.violation) this.#checks.onEnd();
    this.#host.disk.close();
    return world.violation?.message ?? null;
  }

  #createHost(retryIntervalMs: number | null): EngineHost {
    const world = this.#world;
    return new EngineHost({
      world,
      random: this.#random,
      retryIntervalMs,
      fetch: (url, init) => this.#wire.fetch(url, init),
      mayGoOn: (statement) => drawStatementFate(statement, { world, trouble: this.#trouble }),
      onCommit: () => this.#checks.onCommit(),
      onRefused: () => this.#disturbances.noteRefusal(),
      onStarted: () => this.#disturbances.noteNow(),
      onDied: () => this.#noteDeath(),
    });
  }

  #createWire(): Wire {
    const world = this.#world;
    const app = new FakeApp({
      world,
      random: this.#random.fork("app"),
      witness: this.#witness,
      appName: APP_NAME,
      findFunction: (slug) => this.#specs.find((spec) => spec.slug === slug),
      request: (path, init) => this.#wire.request(path, init),
    });
    return new Wire({
      world,
      random: this.#random.fork("wire"),
      trouble: this.#trouble,
      app,
      host: this.#host,
      inFlight: this.#inFlight,
      appUrl: () => this.#app.listensAt,
      describeApp: () => this.#app.describe(),
      watch: this.#checks,
    });
  }

  #createOutside(eventsMax: number): Outside {
    const isHeavy = this.#specs.some(({ plan }) => hasBigOutputs(plan));
    return new Outside({
      world: this.#world,
      random: this.#random,
      trouble: this.#trouble,
      wire: this.#wire,
      app: this.#app,
      book: this.#book,
      specs: this.#specs,
      horizonMs: this.#horizonMs,
      eventsMax: isHeavy ? Math.min(eventsMax, HEAVY_EVENTS_MAX) : eventsMax,
    });
  }

  #createSpells(): Spells {
    return new Spells({
      world: this.#world,
      random: this.#random,
      trouble: this.#trouble,
      wire: this.#wire,
      app: this.#app,
      host: this.#host,
      disturbances: this.#disturbances,
      horizonMs: this.#horizonMs,
      restartAfter: (delayMs) => this.#restartAfter(delayMs),
    });
  }

  /** Everything works from now on, and schedules end: what has begun has to come to an end. */
  #calmDown(): void {
    this.#world.note("the world calms down");
    this.#trouble.isOver = true;
    this.#spells.end();
    this.#app.calmDown();
    void this.#outside.sync();
  }

  #isAtRest(): boolean {
    return (
      this.#host.isUp &&
      this.#outside.isIdle &&
      this.#book.unended.size === 0 &&
      this.#book.starterItems.size === 0 &&
      this.#inFlight.size === 0 &&
      !this.#host.disk.db.inTransaction
    );
  }

  #describeUnrest(): string {
    const { unended, starterItems } = this.#book;
    const [run] = unended.values();
    const items = [...(run?.items.values() ?? [])].map(({ id, dueAtMs }) => `${id} due ${dueAtMs}`);
    const state = `now is ${this.#world.wallMs}, up ${this.#host.isUp}, idle ${this.#outside.isIdle}`;
    return `the world does not come to rest: ${unended.size} runs go on, such as ${run?.id} of ${run?.spec.id} with ${items}; ${starterItems.size} held; ${state}`;
  }

  #startEngine(): void {
    if (this.#host.isUp) return;
    if (this.#host.start()) {
      const { isCalm } = this.#trouble;
      const findStore = () => this.#host.core?.store ?? null;
      return this.#checks.begin(this.#host.disk.db, { isCalm, findStore });
    }
    // What it had begun on its way up has died with it.
    this.#inFlight.clear();
    this.#restartAfter(1_000);
  }

  #restartAfter(delayMs: number): void {
    this.#cancelRestart();
    this.#cancelRestart = this.#world.after(delayMs, () => this.#startEngine());
  }

  #noteDeath(): void {
    this.#inFlight.clear();
    this.#world.count("engine died");
    const random = this.#deaths;
    const isQuick = random.chance(0.7);
    this.#restartAfter(isQuick ? random.between(0, 2_000) : random.spread(1_000, 3_600_000));
  }
}
