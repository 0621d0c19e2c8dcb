// What the worker does for programs that nobody else looks after: those whose supervisor died, those
// whose end was not heard, those that are long over. Every step may be repeated and interrupted.

import { announce } from "../announce.ts";
import {
  listProgramKeys,
  openProgramFolder,
  type ProgramFolder,
} from "../folder/program-folder.ts";
import { openStopMarks } from "../folder/stop-marks.ts";
import { type Announcements, announceGapMs, countAnnouncement } from "../life/announce-gap.ts";
import { bury } from "../life/bury.ts";
import { type Care, type CareLimits, decideCare } from "../life/decide-care.ts";
import type { ProgramLife } from "../life/program-life.ts";
import { readLife } from "../life/read-life.ts";
import { readProgramKey } from "../program-key.ts";
import { killSupervisor } from "./kill-supervisor.ts";
import type { WorkerDeps } from "./worker-deps.ts";

const DAY_MS = 24 * 3_600_000;
const UNCOLLECTED_MAX_MS = 30 * DAY_MS;
const REQUESTED_MAX_MS = DAY_MS;
/** Longer than any start can be on its way: after it a run's mark has done its work. */
const STOP_MARK_MAX_MS = 7 * DAY_MS;
/** A supervisor beats every two seconds; one that is silent for so long is stuck for good. */
const PULSE_MAX_MS = 60_000;
const BURY_GRACE_MS = 2_000;

interface Pulse {
  readonly beatAt: string | null;
  readonly sinceMs: number;
}

export class Caretaker {
  readonly #deps: WorkerDeps;
  readonly #limits: CareLimits;
  readonly #closing = new AbortController();
  readonly #pulses = new Map<string, Pulse>();
  readonly #told = new Map<string, Announcements & { readonly nextMs: number }>();
  /** Programs that are over, until when they need no look. */
  readonly #settled = new Map<string, number>();
  #hasLooked = false;
  /** One refusal is enough for a look: an engine that hangs must not hold up what comes after. */
  #isEngineDown = false;

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
    this.#limits = {
      retainMs: deps.retainMs,
      uncollectedMaxMs: UNCOLLECTED_MAX_MS,
      requestedMaxMs: REQUESTED_MAX_MS,
    };
  }

  /** Ends an announcement that is on its way. */
  close(): void {
    this.#closing.abort();
  }

  /** One round over all programs. A folder that makes trouble does not keep it from the others. */
  async look(): Promise<void> {
    const { dir, clock, log } = this.#deps;
    const marks = openStopMarks(dir);
    this.#isEngineDown = false;
    for (const key of await listProgramKeys(dir)) {
      if (this.#closing.signal.aborted) return;
      try {
        await this.#careFor(openProgramFolder(dir, key), marks.isSet);
      } catch (error) {
        log(`program ${key}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    await marks.forgetOlderThan(clock.nowMs() - STOP_MARK_MAX_MS);
    this.#hasLooked = true;
  }

  async #careFor(
    folder: ProgramFolder,
    isRunStopped: (runId: string) => Promise<boolean>,
  ): Promise<void> {
    const { table, clock } = this.#deps;
    const settledUntilMs = this.#settled.get(folder.key) ?? 0;
    if (clock.nowMs() < settledUntilMs) return;

    const life = await readLife(folder, table);
    const bornAtMs = await readBornAtMs(folder, life);
    const care = decideCare(
      {
        life,
        ageMs: clock.nowMs() - bornAtMs,
        isRunStopped: await isRunStopped(readProgramKey(folder.key).runId),
        isFirstLook: !this.#hasLooked,
      },
      this.#limits,
    );
    if (life.state === "ended" && life.isCollected) {
      this.#settled.set(folder.key, bornAtMs + this.#limits.retainMs);
    }
    await this.#act(care, folder);
  }

  async #act(care: Care, folder: ProgramFolder): Promise<void> {
    const { table, clock } = this.#deps;
    switch (care) {
      case "nothing":
        return;
      case "feel-pulse":
        return this.#feelPulse(folder);
      case "bury":
        await bury(folder, { table, clock, endedBy: "lost", graceMs: BURY_GRACE_MS });
        return this.#announce(folder);
      case "announce":
        return this.#announce(folder);
      case "collect":
        await folder.writeCollected({ collectedAt: new Date(clock.nowMs()).toISOString() });
        return;
      case "retire":
        await folder.retire();
        this.#settled.delete(folder.key);
        this.#told.delete(folder.key);
        this.#pulses.delete(folder.key);
        return;
    }
  }

  async #announce(folder: ProgramFolder): Promise<void> {
    const { clock, sendTo } = this.#deps;
    const told = this.#told.get(folder.key) ?? { acceptedCount: 0, refusedCount: 0, nextMs: 0 };
    const ended = await folder.readEnded();
    if (ended === null || this.#isEngineDown || clock.steadyMs() < told.nextMs) return;

    const request = (await folder.readRequest()) ?? readProgramKey(folder.key);
    const announcement = { key: folder.key, request, ended };
    const isAccepted = await announce(sendTo, announcement, this.#closing.signal);
    this.#isEngineDown = !isAccepted;
    const counts = countAnnouncement(told, isAccepted);
    this.#told.set(folder.key, { ...counts, nextMs: clock.steadyMs() + announceGapMs(counts) });
  }

  /** Compares beats over our own steady time: after the machine slept, every beat looks old. */
  async #feelPulse(folder: ProgramFolder): Promise<void> {
    const { clock, table, log } = this.#deps;
    const beatAt = (await folder.readHeartbeat())?.beatAt ?? null;
    const last = this.#pulses.get(folder.key);
    if (last === undefined || last.beatAt !== beatAt) {
      this.#pulses.set(folder.key, { beatAt, sinceMs: clock.steadyMs() });
      return;
    }
    if (clock.steadyMs() - last.sinceMs < PULSE_MAX_MS) return;
    log(`the supervisor of ${folder.key} is stuck; it is ended together with its program`);
    await killSupervisor(folder, { table, clock });
    await bury(folder, { table, clock, endedBy: "lost", graceMs: BURY_GRACE_MS });
  }
}

async function readBornAtMs(folder: ProgramFolder, life: ProgramLife): Promise<number> {
  const bornAt =
    life.state === "ended" ? life.ended.endedAt : (await folder.readRequest())?.requestedAt;
  return bornAt === undefined ? ((await folder.changedAtMs()) ?? 0) : Date.parse(bornAt);
}
