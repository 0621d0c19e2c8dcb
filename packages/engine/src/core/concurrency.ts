/** One limit that a run's calls count against. Decided once, when the run is created. */
export interface ConcurrencySlot {
  /** Scope and evaluated key; runs with the same name share the limit. */
  readonly name: string;
  readonly limit: number;
}
