// What a power cut leaves behind the last commit: bytes that were on their way. After a kill the database is
// copied with its write-ahead log, the copy's log gets such an end, and an engine has to open it.

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ChildUnderTest } from "../../processes/child-under-test.ts";
import type { EngineMessage } from "../../processes/messages.ts";
import type { Random } from "../random.ts";
import { checkDatabase } from "./checks/check-database.ts";
import { loadEventIds } from "./evidence.ts";
import { readWalShape, type WalShape } from "./wal.ts";

const DATABASE = "engine.db";
const NOISE_PAGES_MAX = 3;
const FRAME_HEADER_BYTES = 24;

/** How the end of the log looks. */
export const LOG_ENDINGS = {
  /** Cut off somewhere behind the last commit. */
  cut: (wal, { committedBytes }, random) =>
    wal.subarray(0, random.integer(committedBytes, wal.length)),
  /** Bytes that belong to nothing. */
  noise: (wal, { committedBytes, pageBytes }, random) =>
    Buffer.concat([
      wal.subarray(0, committedBytes),
      createNoise(random, random.integer(1, NOISE_PAGES_MAX * pageBytes)),
    ]),
  /** A frame that says it is the end of a transaction, and whose page has not arrived. */
  frame: (wal, { committedBytes, pageBytes }, random) => {
    const frame = createNoise(random, FRAME_HEADER_BYTES + pageBytes);
    frame.writeUInt32BE(1, 0);
    frame.writeUInt32BE(1, 4);
    wal.copy(frame, 8, 16, 24);
    return Buffer.concat([wal.subarray(0, committedBytes), frame]);
  },
} as const satisfies Record<string, (wal: Buffer, shape: WalShape, random: Random) => Buffer>;

export class TornCopy {
  readonly #directory: string;
  readonly #ending: keyof typeof LOG_ENDINGS;

  private constructor(directory: string, ending: keyof typeof LOG_ENDINGS) {
    this.#directory = directory;
    this.#ending = ending;
  }

  /** While no engine uses `from`. Null when its log holds nothing that is committed. */
  static make(from: string, random: Random): TornCopy | null {
    const log = join(from, `${DATABASE}-wal`);
    const wal = existsSync(log) ? readFileSync(log) : Buffer.alloc(0);
    const shape = readWalShape(wal);
    if (shape.committedBytes === 0) return null;
    const directory = join(from, "torn");
    mkdirSync(directory);
    copyFileSync(join(from, DATABASE), join(directory, DATABASE));
    const ending = random.pick(["cut", "noise", "frame"] as const);
    writeFileSync(join(directory, `${DATABASE}-wal`), LOG_ENDINGS[ending](wal, shape, random));
    return new TornCopy(directory, ending);
  }

  /** Lets an engine open it, without apps. Returns what is wrong with it then, and removes it. */
  async check(acknowledgedIds: readonly string[]): Promise<readonly string[]> {
    const named = (problem: string) => `a copy whose log ends with "${this.#ending}" ${problem}`;
    const engine = new ChildUnderTest<EngineMessage>({
      program: "engine-process.ts",
      args: [this.#directory, "0", JSON.stringify({ isAlone: true })],
      onMessage: () => {},
    });
    try {
      await engine.ready;
      await engine.stop();
      return (await this.#findProblems(acknowledgedIds)).map(named);
    } catch (error) {
      return [named(`could not be opened: ${error instanceof Error ? error.message : error}`)];
    } finally {
      rmSync(this.#directory, { recursive: true });
    }
  }

  async #findProblems(acknowledgedIds: readonly string[]): Promise<readonly string[]> {
    const storedIds = loadEventIds(this.#directory);
    const lostIds = acknowledgedIds.filter((id) => !storedIds.has(id));
    return [
      ...lostIds.map((id) => `has lost the acknowledged event ${id}`),
      ...(await checkDatabase(this.#directory)).map(({ detail }) => `is inconsistent: ${detail}`),
    ];
  }
}

function createNoise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.integer(0, 255)));
}
