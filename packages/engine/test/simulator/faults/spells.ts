// Trouble that comes at a moment and stays for a while.

import type { Disturbances } from "../checks/disturbances.ts";
import type { AppState } from "../world/app-state.ts";
import type { EngineHost } from "../world/engine-host.ts";
import type { Random } from "../world/random.ts";
import type { World } from "../world/world.ts";
import { SPELL_FAULTS, type SpellFault, type TroublePlan } from "./trouble.ts";
import type { Wire } from "./wire.ts";

export interface SpellOptions {
  readonly world: World;
  readonly random: Random;
  readonly trouble: TroublePlan;
  readonly host: EngineHost;
  readonly wire: Wire;
  readonly app: AppState;
  readonly disturbances: Disturbances;
  readonly horizonMs: number;
  /** Starts the engine again after so long. */
  readonly restartAfter: (delayMs: number) => void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** An app that is down is asked every few seconds: days of it cost more than all else in a world. */
const DAYS_CHANCE = 0.015;

export class Spells {
  readonly #options: SpellOptions;

  constructor(options: SpellOptions) {
    this.#options = { ...options, random: options.random.fork("spells") };
  }

  schedule(): void {
    const { world, random, trouble, horizonMs } = this.#options;
    for (const fault of SPELL_FAULTS) {
      if (!trouble.enabled.has(fault)) continue;
      if (fault === "app down for days" && !random.chance(DAYS_CHANCE)) continue;
      const timesMax = fault === "app down for days" ? 1 : 3;
      for (let times = random.between(1, timesMax); times > 0; times -= 1) {
        const atMs = random.chance(0.5) ? random.between(0, 10_000) : random.between(0, horizonMs);
        world.after(atMs, () => this.#begin(fault));
      }
    }
  }

  /** Everything works again. */
  end(): void {
    const { app, host } = this.#options;
    app.isDown = false;
    host.disk.makeRoom();
  }

  #begin(fault: SpellFault): void {
    const { world, random, trouble, host, disturbances, restartAfter } = this.#options;
    if (trouble.isOver) return;
    world.note(`trouble: ${fault}`);
    world.count(fault);
    switch (fault) {
      case "engine crashed between turns":
        return host.kill();
      case "engine down for long":
        host.kill();
        return restartAfter(random.spread(HOUR_MS, 4 * DAY_MS));
      case "app down":
        return this.#takeAppDown(random.spread(1_000, 8 * MINUTE_MS));
      case "app down for days":
        return this.#takeAppDown(random.between(1, 2) * DAY_MS);
      case "disk full":
        host.disk.leaveRoomFor(random.between(0, 8));
        return void world.after(random.spread(100, 10 * MINUTE_MS), () => host.disk.makeRoom());
      case "clock set forward":
      case "clock set back": {
        const sign = fault === "clock set back" ? -1 : 1;
        const byMs = sign * random.spread(1_000, 6 * HOUR_MS);
        world.setWallClock(byMs);
        return disturbances.noteClockSet(byMs);
      }
    }
  }

  #takeAppDown(durationMs: number): void {
    const { world, app, wire } = this.#options;
    app.isDown = true;
    wire.crashApp();
    world.after(durationMs, () => {
      app.isDown = false;
      world.note("the app is up again");
    });
  }
}
