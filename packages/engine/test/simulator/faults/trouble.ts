// How much of which trouble a world has. Each seed leaves some kinds out, so that what one of them hides
// another seed shows; some seeds have none at all.

import type { Random } from "../world/random.ts";

/** Trouble that meets one call, one request, one statement: by its chance. */
export const MOMENT_FAULTS = [
  "call refused",
  "call lost before it ran",
  "call lost after it ran",
  "call broken off in the middle",
  "call doubled",
  "call answered late",
  "call answered with garbage",
  "call never answered",
  "app crashed in a call",
  "request lost",
  "acknowledgement lost",
  "request doubled",
  "write refused",
  "engine crashed at a write",
  "engine crashed before a commit",
  "engine crashed after a commit",
] as const;

/** Trouble that comes at a moment of its own and stays for a while. */
export const SPELL_FAULTS = [
  "engine crashed between turns",
  "engine down for long",
  "app down",
  "app down for days",
  "disk full",
  "clock set forward",
  "clock set back",
] as const;

/** What people do in the middle of it all. */
export const OUTSIDE_ACTS = [
  "sync repeated",
  "sync with other options",
  "function archived",
  "app moved",
  "run cancelled",
  "run repeated",
  "function invoked from outside",
  "function paused",
] as const;

export type MomentFault = (typeof MOMENT_FAULTS)[number];
export type SpellFault = (typeof SPELL_FAULTS)[number];
export type OutsideAct = (typeof OUTSIDE_ACTS)[number];
export type Trouble = MomentFault | SpellFault | OutsideAct;

const BASE_CHANCE: Readonly<Record<MomentFault, number>> = {
  "call refused": 0.02,
  "call lost before it ran": 0.03,
  "call lost after it ran": 0.05,
  "call broken off in the middle": 0.04,
  "call doubled": 0.05,
  "call answered late": 0.05,
  "call answered with garbage": 0.05,
  "call never answered": 0.01,
  "app crashed in a call": 0.02,
  "request lost": 0.05,
  "acknowledgement lost": 0.06,
  "request doubled": 0.06,
  "write refused": 0.0005,
  "engine crashed at a write": 0.001,
  "engine crashed before a commit": 0.005,
  "engine crashed after a commit": 0.01,
};

export class TroublePlan {
  readonly #enabled: ReadonlySet<Trouble>;
  readonly #strength: number;
  readonly #random: Random;
  /** Set when the world calms down for good. */
  isOver = false;

  constructor(random: Random, excluded: ReadonlySet<string>) {
    this.#random = random.fork("trouble");
    const isCalm = this.#random.chance(0.12);
    const all: Trouble[] = [...MOMENT_FAULTS, ...SPELL_FAULTS, ...OUTSIDE_ACTS];
    const enabled = all.filter(() => this.#random.chance(0.55));
    this.#enabled = new Set(isCalm ? [] : enabled.filter((trouble) => !excluded.has(trouble)));
    this.#strength = this.#random.spread(1, 30) / 10;
  }

  /** Nothing at all goes wrong: what is done is done once. */
  get isCalm(): boolean {
    return this.#enabled.size === 0;
  }

  get enabled(): ReadonlySet<Trouble> {
    return this.#enabled;
  }

  strikes(fault: MomentFault): boolean {
    if (this.isOver || !this.#enabled.has(fault)) return false;
    return this.#random.chance(BASE_CHANCE[fault] * this.#strength);
  }
}
