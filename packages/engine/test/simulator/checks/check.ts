import type { Witness } from "../app/witness.ts";
import type { CallInFlight } from "../faults/wire.ts";
import type { World } from "../world/world.ts";
import type { Book, RunRecord } from "./book.ts";
import type { Disturbances } from "./disturbances.ts";
import type { Fact } from "./journal.ts";

/** What checks look at. */
export interface Scene {
  readonly world: World;
  readonly book: Book;
  readonly witness: Witness;
  readonly disturbances: Disturbances;
  /** Calls that the engine waits for. */
  readonly inFlight: ReadonlySet<CallInFlight>;
}

/** One thing that must hold, looked at whenever something happens that could break it. */
export interface Check {
  /** Each committed change, in order; the book has it already. */
  onFact?(fact: Fact): void;
  /** After all changes of one commit. */
  onCommit?(): void;
  /** A call leaves the engine; its run is null when the book has none. */
  onCall?(call: CallInFlight, run: RunRecord | null): void;
  /** The engine has the answer, and has not stored it yet; or the call broke. */
  onCallEnded?(call: CallInFlight): void;
  /** A request reaches the engine; what is returned is told its status when it is answered. */
  onRequest?(path: string, body: string): (status: number) => void;
  /** Everything has come to rest. */
  onEnd?(): void;
}
