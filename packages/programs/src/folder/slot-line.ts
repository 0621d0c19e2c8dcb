// `.slots/<name>/`: the line of those who want a slot. A ticket is a file whose name is its number and
// whose content is the program's key. There is no lock: a program may run when fewer than `capacity`
// programs with lower numbers have not ended.
//
// Invariants:
//   S1. Numbers only grow: who takes a ticket after another one was taken gets a higher number.
//   S2. A ticket is never taken back. Its program's `ended.json` frees the place, and that is written
//       only when nothing of the program lives (L3): so no two share a place, whoever was killed.
//   S3. Nobody waits behind the dead: who waits asks after those ahead of it.
//
// S1 holds because a number is taken by creating its file, which only one can do, and the highest
// number is never removed. A line begins with number 0, which nobody holds. A ticket is swept away, by
// someone who has just taken a higher one, when its program has ended, all below it are gone and the
// *next* number was taken more than an hour ago. So someone who read the line, stood still for hours
// and then takes a number that was swept meanwhile finds its predecessor gone, too, and tries again.

import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../assert.ts";
import { openProgramFolder } from "./program-folder.ts";
import { errorCode, writeOnce } from "./write-file.ts";

export interface Ticket {
  readonly number: number;
  readonly key: string;
}

export interface SlotLine {
  take(key: string): Promise<Ticket>;
  /** Those that have not ended, first come first. The first `capacity` of them hold the slot. */
  listOpen(): Promise<readonly Ticket[]>;
}

export interface SlotLineOptions {
  /** The folder of all slots' lines. */
  readonly dir: string;
  readonly name: string;
  /** True also for a program whose folder was retired. */
  readonly hasEnded: (key: string) => Promise<boolean>;
  readonly nowMs: () => number;
  /** How the line's folder is read; a test may hand in a look that is out of date. */
  readonly readNumbers?: (line: string) => Promise<readonly number[]>;
}

const NUMBER_DIGITS = 12;
const SWEEP_AGE_MS = 3_600_000;
const TRIES_MAX = 1_000;

export function openSlotLine(options: SlotLineOptions): SlotLine {
  const { dir, name, hasEnded, nowMs, readNumbers = readLine } = options;
  assert(/^[a-z0-9][a-z0-9-]{0,31}$/.test(name), "a slot's name is a plain one");
  const line = join(dir, ".slots", name);
  const pathOf = (number: number) => join(line, ticketName(number));

  const readKey = (number: number) => readFile(pathOf(number), "utf8").catch(ignoreMissing);
  // An end is final, so it is asked for once per ticket and not at every look.
  const endedNumbers = new Set<number>();
  const isOver = async (number: number): Promise<boolean> => {
    if (number === 0 || endedNumbers.has(number)) return true;
    const key = await readKey(number);
    if (key !== undefined && !(await hasEnded(key))) return false;
    endedNumbers.add(number);
    return true;
  };

  // Upwards and up to the first that stays, so that a gap can only be at the front.
  const sweep = async (): Promise<void> => {
    for (const number of await readNumbers(line)) {
      const nextTakenAtMs = await modifiedAtMs(pathOf(number + 1));
      if (nextTakenAtMs === null || nextTakenAtMs > nowMs() - SWEEP_AGE_MS) return;
      if (!(await isOver(number))) return;
      await rm(pathOf(number), { force: true });
    }
  };

  return {
    take: async (key) => {
      await beginLine(line);
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        const number = Math.max(0, ...(await readNumbers(line))) + 1;
        if (!(await writeOnce(pathOf(number), key))) continue;
        const isFresh = (await modifiedAtMs(pathOf(number - 1))) !== null;
        if (isFresh) {
          await sweep();
          return { number, key };
        }
        await rm(pathOf(number), { force: true });
      }
      throw new Error(`slot ${name}: no ticket after ${TRIES_MAX} tries`);
    },
    listOpen: async () => {
      const open: Ticket[] = [];
      for (const number of await readNumbers(line)) {
        if (await isOver(number)) continue;
        const key = await readKey(number);
        if (key !== undefined) open.push({ number, key });
      }
      return open;
    },
  };
}

/** The line for programs in `dir`: a place is free when the program's folder says that it ended. */
export function openProgramSlotLine(dir: string, name: string): SlotLine {
  return openSlotLine({
    dir,
    name,
    nowMs: () => Date.now(),
    hasEnded: async (key) => {
      const folder = openProgramFolder(dir, key);
      return (await folder.readEnded()) !== null || !(await folder.exists());
    },
  });
}

function ticketName(number: number): string {
  return String(number).padStart(NUMBER_DIGITS, "0");
}

/** The folder comes into being with number 0 in it, or a line without one could get stuck. */
async function beginLine(line: string): Promise<void> {
  if ((await modifiedAtMs(line)) !== null) return;
  const draft = `${line}.${crypto.randomUUID()}.draft`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await writeOnce(join(draft, ticketName(0)), "");
  try {
    await rename(draft, line);
  } catch (error) {
    // Somebody else began it meanwhile; it is never empty, so it cannot have been replaced.
    await rm(draft, { recursive: true, force: true });
    if (errorCode(error) !== "ENOTEMPTY" && errorCode(error) !== "EEXIST") throw error;
  }
}

async function readLine(line: string): Promise<readonly number[]> {
  const names = (await readdir(line).catch(ignoreMissing)) ?? [];
  return names
    .filter((name) => /^[0-9]{12}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

async function modifiedAtMs(path: string): Promise<number | null> {
  return (await stat(path).catch(ignoreMissing))?.mtimeMs ?? null;
}

function ignoreMissing(error: unknown): undefined {
  if (errorCode(error) !== "ENOENT") throw error;
}
