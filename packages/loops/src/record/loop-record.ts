import { readFile } from "node:fs/promises";
import { errorCode, writeOnce } from "@system-bus/programs";
import type { z } from "zod";
import { LoopsError } from "../loops-error.ts";
import { type Prd, readPrd } from "../prd/read-prd.ts";
import { type AttemptLine, AttemptLineSchema } from "./attempt-line.ts";
import { type Fact, FactSchema } from "./fact.ts";
import { factKey } from "./fact-key.ts";
import { openLineFile } from "./line-file.ts";
import type { LoopPlaces } from "./loop-places.ts";
import { makeFolder } from "./make-folder.ts";

/** What a loop has come to, on disk. Rules R1 to R4 of `fact.ts`. */
export interface LoopRecord {
  /**
   * Takes the fact into the journal; on disk when it returns. False when one of its key is there
   * already: then that one counts, and the caller goes by what `facts` says.
   */
  append(fact: Fact): Promise<boolean>;
  /** The first of each key, in the order in which they came. @throws LoopsError `RECORD_DAMAGED` */
  facts(): Promise<readonly Fact[]>;
  appendAttempt(line: AttemptLine): Promise<boolean>;
  attempts(): Promise<readonly AttemptLine[]>;
  /** Makes the loop's folder, so it comes first. False when a PRD is there already, which then stays. */
  storePrd(prd: Prd): Promise<boolean>;
  /** Null when there is none. */
  readPrd(): Promise<Prd | null>;
}

export function openLoopRecord(places: LoopPlaces): LoopRecord {
  const journal = openLineFile(places.journal, parseBy(FactSchema));
  const attempts = openLineFile(places.attempts, parseBy(AttemptLineSchema));
  return {
    append: async (fact) => {
      if (fact.key !== factKey(fact)) {
        throw new Error(
          `broken promise: the key of this fact is ${factKey(fact)}, not ${fact.key}`,
        );
      }
      return journal.append(fact).catch(tellMissing);
    },
    facts: journal.read,
    appendAttempt: (line) => attempts.append(line).catch(tellMissing),
    attempts: attempts.read,
    storePrd: async (prd) => {
      await makeFolder(places.folder);
      return writeOnce(places.prd, `${JSON.stringify(prd, null, 2)}\n`);
    },
    readPrd: () => loadPrd(places.prd),
  };

  /** `storePrd` alone makes the folder: a late fact must not make one that was cleaned away again. */
  function tellMissing(cause: unknown): never {
    if (errorCode(cause) !== "ENOENT") throw cause;
    throw new LoopsError(
      "LOOP_UNKNOWN",
      `${places.folder} is not there: loop ${places.loopId} was never started, or was cleaned away`,
      { cause },
    );
  }
}

/** With a single line on what is wrong. */
function parseBy<Item>(schema: z.ZodType<Item>): (text: string) => Item {
  return (text) => {
    const parsed = schema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
    throw new Error(problems.join("; "));
  };
}

async function loadPrd(path: string): Promise<Prd | null> {
  try {
    return readPrd(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return null;
    const problem = cause instanceof Error ? cause.message : "damaged";
    throw new LoopsError("RECORD_DAMAGED", `${path} cannot be read: ${problem}`, { cause });
  }
}
