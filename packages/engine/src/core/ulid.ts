// ULIDs: 48 bits of time and 80 bits of chance, in 26 characters of Crockford's base 32.
//
// Invariants:
//   U1. A source never gives the same id twice, and each id sorts after the one before it, even when
//       its clock stands still or steps back.
//   U2. The same seed and index give the same id, so that an event sent twice is stored once.

import { assert } from "./assert.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ULID_PATTERN = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const TIME_CHARS = 10;
/** The 80 bits of chance are kept as two halves, since a double holds only 53 bits exactly. */
const HALF_CHARS = 8;
const HALF_RANGE = 2 ** 40;
const ENTROPY_BYTES = 10;
const UINT32_RANGE = 2 ** 32;
const TIME_MS_MAX = 2 ** 48 - 1;

export interface UlidSourceOptions {
  readonly nowMs: () => number;
  /** Like `Math.random`: 0 up to, not including, 1. */
  readonly random: () => number;
}

/** Makes ids in rising order (U1): within one millisecond each is the one before it plus 1. */
export function createUlidSource({ nowMs, random }: UlidSourceOptions): () => string {
  let lastMs = -1;
  let high = 0;
  let low = 0;
  let stem = "";

  const beginMs = (ms: number): void => {
    lastMs = ms;
    high = drawHalf(random);
    low = drawHalf(random);
    stem = encode(ms, TIME_CHARS) + encode(high, HALF_CHARS);
  };

  const countUp = (): void => {
    low += 1;
    if (low < HALF_RANGE) return;
    if (high + 1 === HALF_RANGE) {
      beginMs(lastMs + 1);
      return;
    }
    low = 0;
    high += 1;
    stem = encode(lastMs, TIME_CHARS) + encode(high, HALF_CHARS);
  };

  return () => {
    const ms = nowMs();
    if (ms > lastMs) beginMs(ms);
    else countUp();
    return stem + encode(low, HALF_CHARS);
  };
}

/**
 * The id of event number `index` (from 0) of one send, from the sender's seed (U2): `entropy` with
 * `index + 1` added to its last four bytes, read as one big-endian number. Protocol notes, section 1.9.
 */
export function ulidFromSeed(ms: number, entropy: Uint8Array, index: number): string {
  assert(entropy.length === ENTROPY_BYTES, `a seed has ${ENTROPY_BYTES} bytes of entropy`);
  const bytes = entropy.slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(6, (view.getUint32(6) + index + 1) % UINT32_RANGE);
  const high = view.getUint32(0) * 2 ** 8 + view.getUint8(4);
  const low = view.getUint8(5) * UINT32_RANGE + view.getUint32(6);
  return encode(ms, TIME_CHARS) + encode(high, HALF_CHARS) + encode(low, HALF_CHARS);
}

/**
 * Below every id of this moment or a later one, and above every id of an earlier one: a bound for reading
 * ids by time. Moments that no id can have are drawn to the nearest that one can.
 */
export function ulidFloor(ms: number): string {
  const time = Math.min(Math.max(Math.floor(ms), 0), TIME_MS_MAX);
  return encode(time, TIME_CHARS) + "0".repeat(2 * HALF_CHARS);
}

/** The id with its time moved, and all else as it was. */
export function shiftUlid(ulid: string, byMs: number): string {
  return ulidFloor(ulidTimeMs(ulid) + byMs).slice(0, TIME_CHARS) + ulid.slice(TIME_CHARS);
}

/** Upper case only, as this engine and Inngest write them. */
export function isUlid(text: string): boolean {
  return ULID_PATTERN.test(text);
}

/** The moment an id was made. Ask `isUlid` first about an id that comes from outside. */
export function ulidTimeMs(ulid: string): number {
  assert(isUlid(ulid), "only a ULID is asked for its time");
  let ms = 0;
  for (const char of ulid.slice(0, TIME_CHARS)) ms = ms * 32 + ALPHABET.indexOf(char);
  return ms;
}

function drawHalf(random: () => number): number {
  const upper = Math.floor(random() * 2 ** 20);
  const lower = Math.floor(random() * 2 ** 20);
  return upper * 2 ** 20 + lower;
}

function encode(value: number, charCount: number): string {
  let rest = value;
  let text = "";
  for (let i = 0; i < charCount; i++) {
    const digit = rest % 32;
    text = ALPHABET.charAt(digit) + text;
    rest = (rest - digit) / 32;
  }
  return text;
}
