// The claim check: what is too large for an event or a step's output lies in a file, and a short claim
// for it travels instead.
//
// K1. A claim is `claim:<runId>/<name>#<sha256>`. It is no path: it resolves under one folder only.
// K2. What a claim gives back is what was put in, byte for byte, or an error.
// K3. Putting the same content under the same name again changes nothing.

import { createHash, randomBytes } from "node:crypto";
import { copyFile, link, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  createFileAtomic,
  readFileIfAny,
  withReadableErrors,
  writeFileAtomic,
} from "../files/atomic-write.ts";
import { sha256File } from "../files/sha256-file.ts";
import { WorkerError } from "../worker-error.ts";

const RUN_ID = /^[A-Za-z0-9_-]{1,64}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const CLAIM = /^claim:([A-Za-z0-9_-]{1,64})\/([A-Za-z0-9][A-Za-z0-9._-]{0,127})#([0-9a-f]{64})$/;

export interface ClaimStore {
  /** Stores a text and returns its claim. */
  put(runId: string, name: string, content: string): Promise<string>;
  /** Stores a file of any size, as a second name of the same bytes where the disk can do that. */
  putFile(runId: string, name: string, path: string): Promise<StoredFile>;
  /** The text behind a claim. `madeBy` names the step to run again when it is gone. */
  get(claim: string, madeBy: string): Promise<string>;
  /** Where the file behind a claim lies, after its content was checked. */
  locate(claim: string, madeBy: string): Promise<string>;
  /** The same without the check: for a claim that this run has made or located before. */
  pathOf(claim: string): string;
}

export interface StoredFile {
  readonly claim: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export function createClaimStore(folder: string): ClaimStore {
  return {
    async put(runId, name, content) {
      const path = placeOf(folder, runId, name);
      const hash = sha256(content);
      const isNew = await createFileAtomic(path, content);
      if (!isNew && (await readFileIfAny(path)) !== content) await writeFileAtomic(path, content);
      return `claim:${runId}/${name}#${hash}`;
    },

    async putFile(runId, name, source) {
      const path = placeOf(folder, runId, name);
      const hash = await sha256File(source);
      const { size: sizeBytes } = await stat(source);
      if ((await hashIfAny(path)) !== hash) {
        await withReadableErrors(path, () => placeFile(source, path));
      }
      return { claim: `claim:${runId}/${name}#${hash}`, sha256: hash, sizeBytes };
    },

    async get(claim, madeBy) {
      const { path, hash, runId } = readClaim(folder, claim);
      const content = await readFileIfAny(path);
      if (content === null || sha256(content) !== hash) throw missing(claim, runId, madeBy);
      return content;
    },

    async locate(claim, madeBy) {
      const { path, hash, runId } = readClaim(folder, claim);
      if ((await hashIfAny(path)) !== hash) throw missing(claim, runId, madeBy);
      return path;
    },

    pathOf: (claim) => readClaim(folder, claim).path,
  };
}

function placeOf(folder: string, runId: string, name: string): string {
  if (RUN_ID.test(runId) && NAME.test(name)) return join(folder, runId, name);
  throw new WorkerError("CLAIM_INVALID", `A claim can't be named "${runId}/${name}"`);
}

function readClaim(folder: string, claim: string): { path: string; hash: string; runId: string } {
  const [, runId, name, hash] = CLAIM.exec(claim) ?? [];
  if (runId && name && hash) return { path: join(folder, runId, name), hash, runId };
  throw new WorkerError(
    "CLAIM_INVALID",
    `"${claim.slice(0, 200)}" is no claim: it has to look like claim:<runId>/<name>#<sha256>`,
  );
}

function missing(claim: string, runId: string, madeBy: string): WorkerError {
  return new WorkerError(
    "CLAIM_MISSING",
    `What ${claim} stands for is gone, or was changed since. Run the step "${madeBy}" of run ${runId} again: igs rerun ${runId}`,
  );
}

async function placeFile(source: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await link(source, temporary).catch(() => copyFile(source, temporary));
    await rename(temporary, path);
  } finally {
    // Also needed after success: renaming onto another name of the same bytes does nothing.
    await rm(temporary, { force: true });
  }
}

async function hashIfAny(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? sha256File(path) : null;
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
