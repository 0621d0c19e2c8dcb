// The claim check: what is too large for an event or a step's output lies in a file, and a short claim
// for it travels instead.
//
// K1. A claim is `claim:<runId>/<name>#<sha256>`. It is no path: it resolves under one folder only.
// K2. What a claim gives back is what was put in, byte for byte, or an error.
// K3. Putting the same content under the same name again changes nothing.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { createFileAtomic, readFileIfAny, writeFileAtomic } from "../files/atomic-write.ts";
import { WorkerError } from "../worker-error.ts";

const CLAIM = /^claim:([A-Za-z0-9_-]{1,128})\/([a-z0-9][a-z0-9.-]{0,63})#([0-9a-f]{64})$/;
const RUN_ID = /^[A-Za-z0-9_-]{1,128}$/;
const NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/;

export interface ClaimStore {
  /** Stores a text and returns its claim. */
  put(runId: string, name: string, content: string): Promise<string>;
  /** The text behind a claim. `madeBy` names the step to run again when it is gone. */
  get(claim: string, madeBy: string): Promise<string>;
}

export function createClaimStore(folder: string): ClaimStore {
  return {
    async put(runId, name, content) {
      if (!RUN_ID.test(runId) || !NAME.test(name)) {
        throw new WorkerError("CLAIM_INVALID", `A claim can't be named "${runId}/${name}"`);
      }
      const hash = sha256(content);
      const path = join(folder, runId, name);
      const isNew = await createFileAtomic(path, content);
      if (!isNew && (await hashOf(path)) !== hash) await writeFileAtomic(path, content);
      return `claim:${runId}/${name}#${hash}`;
    },

    async get(claim, madeBy) {
      const [, runId, name, hash] = CLAIM.exec(claim) ?? [];
      if (!runId || !name) {
        throw new WorkerError("CLAIM_INVALID", `"${claim.slice(0, 200)}" is no claim: it has to look like claim:<runId>/<name>#<sha256>`);
      }
      const content = await readFileIfAny(join(folder, runId, name));
      const again = `run the step "${madeBy}" of run ${runId} again: igs rerun ${runId}`;
      if (content === null) {
        throw new WorkerError("CLAIM_MISSING", `What ${claim} stands for is gone from ${folder}; ${again}`);
      }
      if (sha256(content) !== hash) {
        throw new WorkerError("CLAIM_MISSING", `What ${claim} stands for was changed since; ${again}`);
      }
      return content;
    },
  };
}

async function hashOf(path: string): Promise<string | null> {
  const content = await readFileIfAny(path);
  return content === null ? null : sha256(content);
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
