// Everyone outside: who sends events, syncs the app, cancels and repeats runs. A sender goes on until it is
// answered, with the same seed, as the SDK does and longer.

import type { Book } from "../checks/book.ts";
import { OUTSIDE_ACTS, type OutsideAct, type TroublePlan } from "../faults/trouble.ts";
import type { Wire } from "../faults/wire.ts";
import { APP_NAME, goEvent, WAKE_EVENTS, WILD_EVENT } from "../plan/create-functions.ts";
import { CANCEL_EVENT, type FunctionSpec } from "../plan/function-spec.ts";
import { type EventData, stepsOf } from "../plan/plan.ts";
import type { AppState } from "./app-state.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

export interface OutsideOptions {
  readonly world: World;
  readonly random: Random;
  readonly trouble: TroublePlan;
  readonly wire: Wire;
  readonly book: Book;
  readonly app: AppState;
  readonly specs: readonly FunctionSpec[];
  readonly horizonMs: number;
  readonly eventsMax: number;
}

interface SentEvent {
  readonly name: string;
  readonly data: EventData;
  readonly id?: string;
  readonly ts?: number;
}

const PAUSE_FIRST_MS = 200;
const PAUSED_MS_MAX = 2 * 3_600_000;
const PAUSE_MAX_MS = 15 * 60_000;

export class Outside {
  readonly #options: OutsideOptions;
  /** Senders that have no answer yet. */
  #openCount = 0;
  #syncCount = 0;

  constructor(options: OutsideOptions) {
    this.#options = { ...options, random: options.random.fork("outside") };
  }

  get isIdle(): boolean {
    return this.#openCount === 0;
  }

  schedule(): void {
    const { world, random, horizonMs, eventsMax, trouble } = this.#options;
    const count = random.between(3, eventsMax);
    for (let index = 0; index < count; index += 1) {
      const atMs = this.#pickMoment();
      const events = Array.from({ length: random.chance(0.15) ? random.between(2, 4) : 1 }, () =>
        this.#createEvent(),
      );
      world.after(atMs, () => void this.#send(events));
    }
    const signals = this.#signalNames();
    for (let times = signals.length === 0 ? 0 : random.between(0, 6); times > 0; times -= 1) {
      world.after(this.#pickMoment(), () => void this.#signal(random.pick(signals)));
    }
    for (const act of OUTSIDE_ACTS) {
      if (!trouble.enabled.has(act)) continue;
      for (let times = random.between(1, 3); times > 0; times -= 1) {
        world.after(random.between(0, horizonMs), () => this.#act(act));
      }
    }
  }

  /** Registers the app as it is now, until the engine has heard it. */
  async sync(): Promise<void> {
    const { app } = this.#options;
    const syncCount = ++this.#syncCount;
    await this.#untilAnswered("sync", "/fn/register", () =>
      // A newer sync has taken over.
      syncCount === this.#syncCount
        ? { method: "POST", body: JSON.stringify(app.describe()) }
        : null,
    );
  }

  /** Much happens early and in bursts, the rest anywhere. */
  #pickMoment(): number {
    const { random, horizonMs } = this.#options;
    const draw = random.next();
    if (draw < 0.4) return random.between(0, 20);
    return draw < 0.7
      ? random.between(0, Math.min(horizonMs, 120_000))
      : random.between(0, horizonMs);
  }

  #createEvent(): SentEvent {
    const { random, specs, world } = this.#options;
    const name = random.pickWeighted({
      go: 10,
      wake: 5,
      wild: 1.5,
      cancel: specs.some(({ versions }) => versions.some(({ cancelOn }) => cancelOn)) ? 1 : 0,
    });
    const names = {
      go: () => goEvent(random.pick(specs).index),
      wake: () => random.pick(WAKE_EVENTS),
      wild: () => WILD_EVENT,
      cancel: () => CANCEL_EVENT,
    };
    const key = random.chance(0.9) ? { k: random.pick(["a", "b", "c"]) } : {};
    const priority = random.chance(0.5) ? 0 : random.between(-600, 600);
    const id = random.chance(0.15) ? { id: `id-${random.between(1, 4)}` } : {};
    const ts = random.chance(0.08) ? { ts: world.wallMs + random.spread(1_000, 7_200_000) } : {};
    return {
      name: names[name](),
      data: { ...key, n: random.between(0, 9), p: priority },
      ...id,
      ...ts,
    };
  }

  async #send(events: readonly SentEvent[]): Promise<void> {
    const { random, world, book } = this.#options;
    const entropy = Uint8Array.from({ length: 10 }, () => random.between(0, 255)).toBase64();
    const headers = { "x-inngest-event-id-seed": `${world.wallMs},${entropy}` };
    const names = events.map(({ name, id = "" }) => `${name} ${id}`).join(", ");
    world.note(`sending ${names}`);
    const answer = await this.#untilAnswered("event", "/e/key", () => ({
      method: "POST",
      body: JSON.stringify(events),
      headers,
    }));
    const { ids } = JSON.parse(answer) as { ids: readonly string[] };
    world.note(`acknowledged ${ids.join(", ")}`);
    world.require(
      ids.length === events.length,
      () => `${events.length} events have ${ids.length} ids`,
    );
    for (const id of ids) {
      world.require(book.events.has(id), () => `event ${id} was acknowledged and is not stored`);
    }
    for (const { id, ts } of events) {
      if (id !== undefined) world.count("event with an id");
      if (ts !== undefined) world.count("event for later");
    }
  }

  #act(act: OutsideAct): void {
    const { trouble, world, random, app, specs } = this.#options;
    if (trouble.isOver) return;
    world.note(`outside: ${act}`);
    switch (act) {
      case "sync repeated":
        break;
      case "sync with other options":
        app.setVersion(random.pick(specs).id, random.between(0, 2));
        break;
      case "function archived":
        app.setVersion(random.pick(specs).id, null);
        break;
      case "app moved":
        app.move();
        break;
      case "run cancelled":
        return void this.#cancel();
      case "run repeated":
        return void this.#rerun();
      case "function invoked from outside":
        return void this.#invoke();
      case "function paused":
        return void this.#pause(random.pick(specs));
    }
    world.count(act);
    void this.sync();
  }

  async #pause({ id, slug }: FunctionSpec): Promise<void> {
    const { random, world, book } = this.#options;
    const runs = random.pick(["HOLD", "HOLD", "CONTINUE", "CANCEL"]);
    if (runs === "CANCEL") book.emptied.add(id);
    world.count("function paused");
    const path = `/api/v2/apps/${APP_NAME}/functions/${slug}`;
    const body = JSON.stringify({ runs });
    await this.#once(`${path}/pause`, { method: "POST", body });
    await world.sleep(random.spread(1_000, PAUSED_MS_MAX));
    await this.#untilAnswered("resume", `${path}/resume`, () => ({ method: "POST", body: "{}" }));
  }

  #signalNames(): string[] {
    const steps = this.#options.specs.flatMap(({ plan }) => stepsOf(plan));
    return steps.flatMap(({ kind, id }) => (kind === "signal" ? [id] : []));
  }

  async #signal(signal: string): Promise<void> {
    const { world, book } = this.#options;
    const number = book.sentSignals.size + 1;
    book.sentSignals.add(number);
    world.note(`signal ${signal} with ${number}`);
    const body = JSON.stringify({ signal, data: { number } });
    const status = await this.#once("/v1/signals", { method: "POST", body });
    world.count(`signal answered ${status}`);
  }

  async #cancel(): Promise<void> {
    const { random, world, book } = this.#options;
    const unended = [...book.unended.values()];
    if (unended.length === 0) return;
    const run = random.pick(unended);
    run.wasCancelAsked = true;
    world.count("run cancelled");
    const status = await this.#once(`/v1/runs/${run.id}`, { method: "DELETE" });
    if (status !== 204) return;
    world.require(
      run.status === "CANCELLED",
      () => `run ${run.id} was cancelled and is ${run.status}`,
    );
  }

  async #rerun(): Promise<void> {
    const { random, world, book } = this.#options;
    const runs = [...book.runs.values()];
    if (runs.length === 0) return;
    world.note("asking for a rerun");
    await this.#once(`/api/v2/runs/${random.pick(runs).id}/rerun`, { method: "POST", body: "{}" });
  }

  async #invoke(): Promise<void> {
    const { random, world, specs } = this.#options;
    const { id, slug } = random.pick(specs);
    const data = { k: random.pick(["a", "b"]), n: random.between(0, 9), p: 0, target: id };
    const key = random.chance(0.5) ? { idempotencyKey: `key-${random.between(1, 2)}` } : {};
    world.count("function invoked from outside");
    await this.#once(`/invoke/${slug}`, { method: "POST", body: JSON.stringify({ data, ...key }) });
  }

  async #once(path: string, init: { method: string; body?: string }): Promise<number | null> {
    const { wire, world } = this.#options;
    const answer = await wire.request(path, init).catch(() => null);
    if (answer) world.note(`${init.method} ${path.slice(0, 20)}: ${answer.status}`);
    return answer?.status ?? null;
  }

  async #untilAnswered(
    what: string,
    path: string,
    create: () => { method: string; body: string; headers?: Record<string, string> } | null,
  ): Promise<string> {
    const { wire, world } = this.#options;
    this.#openCount += 1;
    try {
      for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)) {
        const init = create();
        if (!init) return "";
        const answer = await wire.request(path, init).catch(() => null);
        if (answer?.status === 200) return answer.body;
        // 503: the disk is full; 404: the function is not there at the moment. Anything else is a refusal for
        // good, and nothing here deserves one.
        if (answer && answer.status < 500 && answer.status !== 404)
          world.fail(`${what} is refused: ${answer.status} ${answer.body}`);
        await world.sleep(pauseMs);
      }
    } finally {
      this.#openCount -= 1;
    }
  }
}
