// The server and the worker in one: events wait for their moment on a clock of its own, runs are called
// from their start until they have ended, and a worker may die before, within or after each step.
//
//   E1. An event's id counts once within a day; what was taken may be delivered twice, and late.
//   E2. One run at a time of a function and project, in the order in which their events came.
//   E3. A step's result is stored as JSON. What was not stored is done again; three failures of a step
//       end the run, and its failure handler is called.
//   E4. `agent/loop.cancel` ends the runs of its loop, but for the one that it starts itself.

import type { BusEvent } from "@system-bus/events";
import { NonRetriableError } from "inngest";
import type { LoopStep } from "../../src/loop/loop-deps.ts";
import type { Random } from "./random.ts";

const DAY_MS = 24 * 3_600_000;
const STEP_TRIES_MAX = 3;
/** Far beyond what any loop takes: what goes on for longer never ends. */
const TURNS_MAX = 5_000;

/** The worker has died here. */
class Crash extends Error {}

/** The run waits; it is called again at this moment. */
class Suspended extends Error {
  constructor(readonly untilMs: number) {
    super("suspended");
  }
}

export interface SimulatedRun {
  readonly id: string;
  readonly role: string;
  readonly event: BusEvent;
  readonly step: SimulatedStep;
}

export interface SimulatedStep extends LoopStep {
  /** Passes when its program has ended. */
  waitUntil(id: string, momentMs: number): Promise<void>;
}

interface RunState extends SimulatedRun {
  readonly stored: Map<string, string>;
  readonly failures: Map<string, number>;
  isOver: boolean;
  /** Why it has failed; then its failure handler is what is called. */
  error: Error | null;
}

export interface Handlers {
  /** Null: nobody listens. */
  roleOf(event: BusEvent): string | null;
  call(run: SimulatedRun): Promise<unknown>;
  callFailed(run: SimulatedRun, error: Error): Promise<unknown>;
  onRunEnded(run: SimulatedRun, isCancelled: boolean): void;
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void | Promise<void>;
}

export class EventLoop {
  nowMs = Date.parse("2026-01-05T12:00:00Z");
  readonly sent: BusEvent[] = [];
  readonly runs = new Map<string, SimulatedRun>();
  readonly counts = { crashes: 0, doubled: 0, failedRuns: 0 };
  readonly #random: Random;
  readonly #crashChance: number;
  readonly #handlers: Handlers;
  readonly #due: Due[] = [];
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, RunState[]>();
  #order = 0;
  #isWorking = false;

  constructor(random: Random, crashChance: number, handlers: Handlers) {
    this.#random = random;
    this.#crashChance = crashChance;
    this.#handlers = handlers;
  }

  /** What the functions take for the time: the worker may die at each look at it. */
  readonly readClock = (): number => {
    if (this.#isWorking) this.#mayCrash();
    return this.nowMs;
  };

  at(atMs: number, act: Due["act"]): void {
    this.#order += 1;
    this.#due.push({ atMs, order: this.#order, act });
    this.#due.sort((one, other) => one.atMs - other.atMs || one.order - other.order);
  }

  /** E1 */
  send(event: BusEvent): void {
    const takenMs = event.id === undefined ? undefined : this.#taken.get(event.id);
    if (takenMs !== undefined && this.nowMs - takenMs < DAY_MS) return;
    if (event.id !== undefined) this.#taken.set(event.id, this.nowMs);
    this.sent.push(event);
    this.#deliver(event, this.#random.chance(0.1) ? this.#random.between(1_000, 600_000) : 5);
    if (!this.#random.chance(0.08)) return;
    this.counts.doubled += 1;
    this.#deliver(event, this.#random.between(1, 7_200_000));
  }

  /** Until nothing is left to do by itself. */
  async rest(afterTurn: () => Promise<void>): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      if (turn > TURNS_MAX) throw new Error("it never comes to rest");
      const due = this.#due.shift();
      if (due === undefined) return;
      this.nowMs = Math.max(this.nowMs, due.atMs);
      await due.act();
      await afterTurn();
    }
  }

  #deliver(event: BusEvent, afterMs: number): void {
    this.at(this.nowMs + afterMs, () => {
      if (event.name === "agent/loop.cancel") this.#cancelRuns();
      const role = this.#handlers.roleOf(event);
      if (role !== null) this.#start(role, event);
    });
  }

  #start(role: string, event: BusEvent): void {
    const id = `run-${this.runs.size + 1}`;
    const stored = new Map<string, string>();
    const failures = new Map<string, number>();
    const step = this.#stepOf(stored, failures);
    const run: RunState = { id, role, event, step, stored, failures, isOver: false, error: null };
    this.runs.set(id, run);
    const queue = this.#waiting.get(role) ?? [];
    this.#waiting.set(role, queue);
    queue.push(run);
    if (queue.length === 1) this.#callAt(run, this.nowMs);
  }

  #callAt(run: RunState, atMs: number): void {
    this.at(atMs, () => this.#call(run));
  }

  async #call(run: RunState): Promise<void> {
    if (run.isOver) return;
    this.#isWorking = true;
    try {
      if (run.error === null) await this.#handlers.call(run);
      else await this.#handlers.callFailed(run, run.error);
      this.#end(run, false);
    } catch (error) {
      if (error instanceof Suspended) this.#callAt(run, error.untilMs);
      else this.#settleFailure(run, error);
    } finally {
      this.#isWorking = false;
    }
  }

  #settleFailure(run: RunState, error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    const tries = Math.max(0, ...run.failures.values());
    const isFinal = failure instanceof NonRetriableError || tries >= STEP_TRIES_MAX;
    if (!isFinal) {
      this.#callAt(run, this.nowMs + this.#random.between(10, 30_000));
    } else if (run.error === null) {
      this.counts.failedRuns += 1;
      run.error = failure;
      run.failures.clear();
      this.#callAt(run, this.nowMs + 1_000);
    } else throw new Error(`the failure handler of ${run.role} failed: ${failure.message}`);
  }

  #end(run: RunState, isCancelled: boolean): void {
    run.isOver = true;
    this.#handlers.onRunEnded(run, isCancelled);
    const queue = this.#waiting.get(run.role) ?? [];
    const wasFirst = queue[0] === run;
    queue.splice(queue.indexOf(run), 1);
    const next = queue[0];
    if (wasFirst && next !== undefined) this.#callAt(next, this.nowMs);
  }

  /** E4 */
  #cancelRuns(): void {
    for (const run of [...this.#waiting.values()].flat()) {
      const isKept = ["complete", "retro"].includes(run.role);
      if (!isKept && run.event.name !== "agent/loop.cancel" && run.error === null) {
        this.#end(run, true);
      }
    }
  }

  #mayCrash(): void {
    if (!this.#random.chance(this.#crashChance)) return;
    this.counts.crashes += 1;
    throw new Crash("the worker has died");
  }

  #stepOf(stored: RunState["stored"], failures: RunState["failures"]): SimulatedStep {
    const run = async <T>(id: string, work: () => Promise<T>): Promise<unknown> => {
      const known = stored.get(id);
      if (known !== undefined) return known === "" ? undefined : JSON.parse(known);
      try {
        this.#mayCrash();
        const result = await work();
        this.#mayCrash();
        stored.set(id, JSON.stringify(result) ?? "");
        failures.delete(id);
      } catch (error) {
        const count = (failures.get(id) ?? 0) + 1;
        failures.set(id, count);
        throw error;
      }
      this.#mayCrash();
      return run(id, work);
    };
    const waitUntil = async (id: string, momentMs: number): Promise<void> => {
      const untilMs = Number(await run(id, async () => momentMs));
      if (this.nowMs < untilMs) throw new Suspended(untilMs);
    };
    return {
      run,
      waitUntil,
      sleepUntil: (id, moment) => waitUntil(id, Date.parse(moment)),
      sendEvent: (id, events) =>
        run(id, async () => {
          for (const event of events) this.send(event);
        }),
      waitForEvent: () => Promise.reject(new Error("broken promise: roles wait by programs alone")),
    };
  }
}
