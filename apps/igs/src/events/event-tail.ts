// Which of the events that an engine lists are new. Pure.
//
//   E1. Each event is told once, in the order in which the engine received them.
//   E2. A look reaches `OVERLAP_MS` back before the newest event that is known: a server may list an event a
//       moment later than one that it received after it.
//   E3. It remembers no more than the events of that time.

import type { ReceivedEvent } from "@system-bus/inngest-api";

const OVERLAP_MS = 10_000;

export class EventTail {
  readonly #knownAtMs = new Map<string, number>();
  #newestAtMs: number;

  /** What came before this moment is not told. */
  constructor(fromMs: number) {
    this.#newestAtMs = fromMs;
  }

  /** From when on the engine is to be asked (E2). */
  get lookFrom(): string {
    return new Date(this.#newestAtMs - OVERLAP_MS).toISOString();
  }

  /** Events that are known without having been told. */
  skip(events: readonly ReceivedEvent[]): void {
    for (const event of events) this.#knownAtMs.set(event.internalId, receivedMs(event));
    this.#forget();
  }

  /** The new ones of a list in any order. */
  take(events: readonly ReceivedEvent[]): readonly ReceivedEvent[] {
    const added = events.filter(({ internalId }) => !this.#knownAtMs.has(internalId));
    this.skip(added);
    return added.toSorted((a, b) => (a.internalId < b.internalId ? -1 : 1));
  }

  #forget(): void {
    this.#newestAtMs = Math.max(this.#newestAtMs, ...this.#knownAtMs.values());
    for (const [id, atMs] of this.#knownAtMs) {
      if (atMs < this.#newestAtMs - 2 * OVERLAP_MS) this.#knownAtMs.delete(id);
    }
  }
}

function receivedMs({ receivedAt }: ReceivedEvent): number {
  const ms = Date.parse(receivedAt);
  return Number.isNaN(ms) ? 0 : ms;
}
