// SQLite's write-ahead log, read from outside (https://www.sqlite.org/fileformat2.html, section 4): a header
// of 32 bytes, then frames of 24 bytes and a page each. A frame counts if it has the header's salts and the
// checksums go on from frame to frame; a transaction counts up to its last frame, which says how large the
// database is after it.

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

export interface WalShape {
  /** Everything up to here is committed; 0 when nothing is. */
  readonly committedBytes: number;
  /** Frames behind that, of a transaction that had not come to its end. */
  readonly unfinishedFrames: number;
  readonly pageBytes: number;
}

export function readWalShape(wal: Buffer): WalShape {
  const empty = { committedBytes: 0, unfinishedFrames: 0, pageBytes: 0 };
  if (wal.length < HEADER_BYTES || (wal.readUInt32BE(0) & ~1) >>> 0 !== MAGIC) return empty;
  const pageBytes = wal.readUInt32BE(8);
  // The magic's last bit says in which byte order the sums are made.
  const checksum = new Checksum((wal.readUInt32BE(0) & 1) === 1);
  checksum.add(wal.subarray(0, 24));
  if (!checksum.isAt(wal, 24)) return { ...empty, pageBytes };

  let committedBytes = 0;
  let unfinishedFrames = 0;
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  for (let at = HEADER_BYTES; at + frameBytes <= wal.length; at += frameBytes) {
    if (wal.compare(wal, 16, 24, at + 8, at + 16) !== 0) break;
    checksum.add(wal.subarray(at, at + 8));
    checksum.add(wal.subarray(at + FRAME_HEADER_BYTES, at + frameBytes));
    if (!checksum.isAt(wal, at + 16)) break;
    unfinishedFrames += 1;
    const isCommit = wal.readUInt32BE(at + 4) > 0;
    if (!isCommit) continue;
    committedBytes = at + frameBytes;
    unfinishedFrames = 0;
  }
  return { committedBytes, unfinishedFrames, pageBytes };
}

/** The running sum of section 4.1 over words of 32 bits. */
class Checksum {
  readonly #isBigEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  add(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += 8) {
      this.#first = (this.#first + this.#word(bytes, at) + this.#second) >>> 0;
      this.#second = (this.#second + this.#word(bytes, at + 4) + this.#first) >>> 0;
    }
  }

  isAt(wal: Buffer, offset: number): boolean {
    return (
      wal.readUInt32BE(offset) === this.#first && wal.readUInt32BE(offset + 4) === this.#second
    );
  }

  #word(bytes: Buffer, at: number): number {
    return this.#isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }
}
