// What explains a run, or an event that started none. A closed union: programs read it, people the paragraph.

/** Of whom a finding speaks. */
export interface OfRun {
  readonly runId: string;
  readonly functionId: string;
}

export type RunFinding = OfRun &
  (
    | {
        readonly kind: "waits-for-event";
        readonly step: string;
        readonly event: string;
        /** Over `event`, which started the run, and `async`, which is waited for; null: any such event. */
        readonly condition: string | null;
        readonly since: string | null;
        /** Null where the server doesn't tell when the wait ends. */
        readonly until: string | null;
      }
    | {
        readonly kind: "waits-for-signal";
        readonly step: string;
        readonly signal: string | null;
        readonly since: string | null;
        readonly until: string | null;
      }
    | {
        readonly kind: "sleeps";
        readonly step: string;
        readonly since: string | null;
        readonly until: string | null;
      }
    | {
        readonly kind: "runs-program";
        readonly step: string;
        readonly programKey: string;
        readonly doing: string;
        readonly since: string | null;
      }
    | {
        readonly kind: "waits-for-slot";
        readonly step: string;
        readonly programKey: string;
        readonly slot: string;
        readonly aheadCount: number;
      }
    /** The program is over; the event that says so is sent until the run has it. */
    | { readonly kind: "collects-program"; readonly step: string; readonly programKey: string }
    /** The findings that follow speak of the invoked run, where it is known. */
    | {
        readonly kind: "waits-for-run";
        readonly step: string;
        readonly invokedFunction: string | null;
        readonly invokedRunId: string | null;
        readonly since: string | null;
      }
    | {
        readonly kind: "retries";
        /** Null where the function failed outside a step. */
        readonly step: string | null;
        /** Of the attempt to come, counted from 1. */
        readonly attempt: number;
        readonly attemptsMax: number | null;
        readonly at: string | null;
        readonly error: string | null;
      }
    | { readonly kind: "works"; readonly step: string | null; readonly since: string | null }
    | { readonly kind: "scheduled"; readonly at: string }
    | { readonly kind: "worker-down"; readonly address: string }
    | { readonly kind: "function-paused"; readonly since: string }
    | { readonly kind: "function-gone" }
    | {
        readonly kind: "concurrency";
        readonly limit: number;
        readonly key: string | null;
        /** Runs that are at work now, as far as they are known. */
        readonly holders: readonly string[];
      }
    | { readonly kind: "throttled"; readonly limit: number; readonly periodMs: number }
    /** It is due, and nothing that can be asked tells why it has not begun. */
    | { readonly kind: "queued"; readonly since: string | null }
    | {
        readonly kind: "failed";
        readonly step: string | null;
        readonly attempts: number;
        readonly error: string;
        readonly at: string | null;
        /** It came first: whatever else failed in the chain did so after it, or because of it. */
        readonly isFirstCause: boolean;
        readonly rerun: string;
      }
    | { readonly kind: "cancelled"; readonly reason: string | null; readonly at: string | null }
    /** `because` is null where the server doesn't tell. */
    | {
        readonly kind: "skipped";
        readonly because: "paused" | "singleton" | null;
        readonly rerun: string;
      }
    | { readonly kind: "completed"; readonly durationMs: number | null }
    /** How the run came to be. */
    | {
        readonly kind: "sent-by";
        readonly event: string;
        readonly step: string | null;
        readonly senderRunId: string;
        readonly senderFunctionId: string;
        readonly senderStatus: string;
      }
    | {
        readonly kind: "started-by";
        readonly event: string | null;
        readonly how: "event" | "schedule";
      }
  );

export interface OfEvent {
  readonly eventId: string;
  readonly event: string;
}

export type EventFinding = OfEvent &
  (
    | { readonly kind: "no-listener"; readonly closeMatches: readonly string[] }
    | { readonly kind: "started-runs"; readonly runIds: readonly string[] }
    | {
        readonly kind: "condition-false";
        readonly functionId: string;
        readonly condition: string;
      }
    | {
        readonly kind: "condition-unclear";
        readonly functionId: string;
        readonly condition: string;
        readonly problem: string;
      }
    | { readonly kind: "listener-paused"; readonly functionId: string; readonly since: string }
    | { readonly kind: "listener-faulty"; readonly functionId: string; readonly problem: string }
    /** An event with the same id came before: within 24 hours an id starts a function once. */
    | {
        readonly kind: "sent-before";
        readonly firstEventId: string;
        readonly runIds: readonly string[];
      }
    | {
        readonly kind: "held-for-others";
        readonly functionId: string;
        readonly by: "batchEvents" | "debounce";
        /** At the latest, unless further events come; null where it should be over. */
        readonly until: string | null;
      }
    | {
        readonly kind: "over-a-limit";
        readonly functionId: string;
        readonly option: "idempotency" | "rateLimit";
        readonly limit: number;
        readonly periodMs: number;
        readonly key: string | null;
      }
    | { readonly kind: "not-told"; readonly functionId: string }
  );

export type Finding = RunFinding | EventFinding;
