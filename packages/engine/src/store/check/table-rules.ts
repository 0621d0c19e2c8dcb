// What the engine relies on between its tables. Each rule finds the rows that break it.

export interface TableRule {
  readonly name: string;
  /** What it means that a row breaks the rule, and what to do where it is not repaired. */
  readonly meaning: string;
  /** The schema version that has all its columns. */
  readonly since: number;
  /** Selects `id` of each row that breaks it. `$nowMs` may be used. */
  readonly select: string;
  /** Puts right what `select` finds; only where there is no doubt about what is right. */
  readonly repair?: string;
}

const UNFINISHED = "('QUEUED', 'RUNNING')";
const DAY_MS = 24 * 60 * 60 * 1_000;

const HAS_NO_UNFINISHED_RUN = (table: string) => `NOT EXISTS (
  SELECT 1 FROM runs WHERE id = ${table}.run_id AND status IN ${UNFINISHED})`;

const HAS_NO_RUN = (table: string) => `NOT EXISTS (SELECT 1 FROM runs WHERE id = ${table}.run_id)`;

const IS_STUCK = `status IN ${UNFINISHED}
  AND NOT EXISTS (
    SELECT 1 FROM queue_items
    WHERE run_id = runs.id AND kind NOT IN ('start-timeout', 'finish-timeout'))
  AND NOT EXISTS (SELECT 1 FROM steps WHERE run_id = runs.id AND status = 'open')`;

const IS_STALE_WAIT = `purpose = 'step' AND NOT EXISTS (
  SELECT 1 FROM steps
  WHERE run_id = waits.run_id AND step_id = waits.step_id AND status = 'open')`;

const IS_SCHEDULE_OF_NOTHING = `kind = 'cron' AND NOT EXISTS (
  SELECT 1 FROM functions WHERE id = queue_items.step_id AND archived_at_ms IS NULL)`;

/** A step without one is none: another wait for its signal may have taken its place. */
const IS_SIGNAL_WAIT_OF_NOTHING = `NOT EXISTS (
  SELECT 1 FROM steps JOIN runs ON runs.id = steps.run_id AND runs.status IN ${UNFINISHED}
  WHERE run_id = signal_waits.run_id AND step_id = signal_waits.step_id AND steps.status = 'open')`;

const runRules: readonly TableRule[] = [
  {
    name: "run-stuck",
    meaning:
      "The run has not ended, and nothing will ever call it. Its repair calls the function again.",
    since: 1,
    select: `SELECT id FROM runs WHERE ${IS_STUCK}`,
    repair: `
      INSERT INTO queue_items (id, run_id, kind, step_id, attempt, due_at_ms, queued_at_ms, payload_json)
      SELECT id || ':discovery', id, 'discovery', '', 0, $nowMs, $nowMs, NULL FROM runs WHERE ${IS_STUCK}`,
  },
  {
    name: "event-missing",
    meaning:
      "The event that started the run is gone: the run fails at its next call. Restore a backup, or cancel it and send the event again.",
    since: 1,
    select: `
      SELECT id FROM runs WHERE status IN ${UNFINISHED}
        AND NOT EXISTS (SELECT 1 FROM events WHERE internal_id = runs.event_internal_id)`,
  },
  {
    name: "batch-incomplete",
    meaning:
      "An event of the run's batch is gone: its function sees the others only. Restore a backup, or cancel the run.",
    since: 7,
    select: `
      SELECT DISTINCT runs.id FROM runs JOIN batch_events AS member USING (batch_id)
      WHERE status IN ${UNFINISHED} AND NOT EXISTS (
        SELECT 1 FROM events WHERE internal_id = member.event_internal_id)`,
  },
  {
    name: "function-missing",
    meaning: "The run's function or app is gone, so that no list shows the run. Restore a backup.",
    since: 1,
    select: `
      SELECT id FROM runs
      WHERE function_id NOT IN (SELECT id FROM functions) OR app_id NOT IN (SELECT id FROM apps)`,
  },
  {
    name: "run-contradicts-itself",
    meaning: "The run's status does not go with its times or its output. Restore a backup.",
    since: 1,
    select: `
      SELECT id FROM runs WHERE
        status NOT IN ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'SKIPPED')
        OR (status IN ${UNFINISHED}) = (ended_at_ms IS NOT NULL)
        OR (ended_at_ms IS NOT NULL AND output_json IS NULL)
        OR (status = 'RUNNING' AND started_at_ms IS NULL)
        OR (status IN ${UNFINISHED} AND NOT json_valid(slots_json))`,
  },
];

const stepRules: readonly TableRule[] = [
  {
    name: "step-orphaned",
    meaning: "The step belongs to no run. Its repair removes it.",
    since: 1,
    select: `SELECT run_id || ' ' || step_id AS id FROM steps WHERE ${HAS_NO_RUN("steps")}`,
    repair: `DELETE FROM steps WHERE ${HAS_NO_RUN("steps")}`,
  },
  {
    name: "attempt-orphaned",
    meaning: "The failed attempt belongs to no run. Its repair removes it.",
    since: 1,
    select: `
      SELECT run_id || ' ' || step_id AS id FROM failed_attempts WHERE ${HAS_NO_RUN("failed_attempts")}`,
    repair: `DELETE FROM failed_attempts WHERE ${HAS_NO_RUN("failed_attempts")}`,
  },
  {
    name: "metadata-orphaned",
    meaning: "The metadata belongs to no run. Its repair removes it.",
    since: 10,
    select: `SELECT run_id || ' ' || step_id AS id FROM metadata WHERE ${HAS_NO_RUN("metadata")}`,
    repair: `DELETE FROM metadata WHERE ${HAS_NO_RUN("metadata")}`,
  },
  {
    name: "app-span-orphaned",
    meaning: "The app's span belongs to no run. Its repair removes it.",
    since: 10,
    select: `SELECT run_id || ' ' || span_id AS id FROM app_spans WHERE ${HAS_NO_RUN("app_spans")}`,
    repair: `DELETE FROM app_spans WHERE ${HAS_NO_RUN("app_spans")}`,
  },
  {
    name: "step-unattended",
    meaning: "The step waits for something that never comes. Cancel the run, and run it again.",
    since: 1,
    select: `
      SELECT run_id || ' ' || step_id AS id FROM steps
      WHERE status = 'open' AND NOT ${HAS_NO_UNFINISHED_RUN("steps")} AND NOT EXISTS (
        SELECT 1 FROM queue_items WHERE run_id = steps.run_id AND step_id = steps.step_id)`,
  },
  {
    name: "step-contradicts-itself",
    meaning:
      "The step has a value although it goes on, or none although it has ended. Restore a backup.",
    since: 1,
    select: `
      SELECT run_id || ' ' || step_id AS id FROM steps
      WHERE status NOT IN ('open', 'completed', 'failed', 'timed-out')
        OR (status = 'open') = (value_json IS NOT NULL)`,
  },
  {
    name: "step-order-unclear",
    meaning: "Two steps of the run have one place in its stack. The SDK may refuse to go on.",
    since: 1,
    select: `
      SELECT run_id AS id FROM steps GROUP BY run_id
      HAVING count(DISTINCT position) < count(*) OR min(position) < 1`,
  },
  {
    name: "invocation-lost",
    meaning:
      "The step waits for a run that it invoked, and no such run goes on. Cancel the run, and run it again.",
    since: 7,
    select: `
      SELECT run_id || ' ' || step_id AS id FROM steps
      WHERE kind = 'invoke' AND status = 'open' AND NOT ${HAS_NO_UNFINISHED_RUN("steps")}
        AND run_id || '.' || step_id NOT IN (
          SELECT correlation_id FROM runs
          WHERE status IN ${UNFINISHED} AND correlation_id IS NOT NULL
          UNION ALL SELECT correlation_id FROM debounces WHERE correlation_id IS NOT NULL
          UNION ALL
          SELECT member.correlation_id FROM batch_events AS member
          WHERE member.correlation_id IS NOT NULL AND (
            EXISTS (SELECT 1 FROM open_batches WHERE id = member.batch_id)
            OR EXISTS (
              SELECT 1 FROM runs WHERE batch_id = member.batch_id AND status IN ${UNFINISHED})))`,
  },
];

const queueRules: readonly TableRule[] = [
  {
    name: "queue-item-orphaned",
    meaning: "The queue item is of a run that has ended or is gone. Its repair removes it.",
    since: 1,
    select: `SELECT id FROM queue_items WHERE run_id <> '' AND ${HAS_NO_UNFINISHED_RUN("queue_items")}`,
    repair: `DELETE FROM queue_items WHERE run_id <> '' AND ${HAS_NO_UNFINISHED_RUN("queue_items")}`,
  },
  {
    name: "schedule-orphaned",
    meaning: "The schedule is of a function that no app has. Its repair removes it.",
    since: 1,
    select: `SELECT id FROM queue_items WHERE ${IS_SCHEDULE_OF_NOTHING}`,
    repair: `DELETE FROM queue_items WHERE ${IS_SCHEDULE_OF_NOTHING}`,
  },
  {
    name: "queue-item-unreadable",
    meaning: "What the queue item carries is no JSON. Cancel its run, and run it again.",
    since: 1,
    select:
      "SELECT id FROM queue_items WHERE payload_json IS NOT NULL AND NOT json_valid(payload_json)",
  },
];

const waitRules: readonly TableRule[] = [
  {
    name: "wait-orphaned",
    meaning: "The wait is of a run that has ended or is gone. Its repair removes it.",
    since: 2,
    select: `SELECT run_id || ' ' || step_id AS id FROM waits WHERE ${HAS_NO_UNFINISHED_RUN("waits")}`,
    repair: `DELETE FROM waits WHERE ${HAS_NO_UNFINISHED_RUN("waits")}`,
  },
  {
    name: "wait-stale",
    meaning: "The wait is of a step that has ended. Its repair removes it.",
    since: 2,
    select: `
      SELECT run_id || ' ' || step_id AS id FROM waits
      WHERE NOT ${HAS_NO_UNFINISHED_RUN("waits")} AND ${IS_STALE_WAIT}`,
    repair: `DELETE FROM waits WHERE ${IS_STALE_WAIT}`,
  },
  {
    name: "signal-wait-orphaned",
    meaning: "The wait for a signal is of a step that has ended or is gone. Its repair removes it.",
    since: 8,
    select: `
      SELECT signal AS id FROM signal_waits WHERE ${IS_SIGNAL_WAIT_OF_NOTHING}`,
    repair: `DELETE FROM signal_waits WHERE ${IS_SIGNAL_WAIT_OF_NOTHING}`,
  },
  {
    name: "wait-missing",
    meaning: "No event can end the step that waits for one: only its timeout will.",
    since: 2,
    select: `
      SELECT run_id || ' ' || step_id AS id FROM steps
      WHERE kind = 'wait-for-event' AND status = 'open'
        AND NOT ${HAS_NO_UNFINISHED_RUN("steps")} AND NOT EXISTS (
        SELECT 1 FROM waits WHERE run_id = steps.run_id AND step_id = steps.step_id)`,
  },
];

const IS_FORGOTTEN_DEBOUNCE = `NOT EXISTS (
  SELECT 1 FROM queue_items WHERE id = 'debounce:' || debounces.name)`;

const IS_FORGOTTEN_BATCH = `NOT EXISTS (
  SELECT 1 FROM queue_items WHERE id = 'batch:' || open_batches.id)`;

const IS_BATCH_EVENT_OF_NOTHING = `
  NOT EXISTS (SELECT 1 FROM open_batches WHERE id = batch_events.batch_id)
  AND NOT EXISTS (SELECT 1 FROM runs WHERE batch_id = batch_events.batch_id)`;

const HOLDS_NOTHING = `
  (kind = 'debounce' AND NOT EXISTS (SELECT 1 FROM debounces WHERE name = queue_items.step_id))
  OR (kind = 'batch' AND NOT EXISTS (SELECT 1 FROM open_batches WHERE name = queue_items.step_id))`;

const enqueueHeld = (kind: "debounce" | "batch", key: "name" | "id") => `
  INSERT INTO queue_items (id, run_id, kind, step_id, attempt, due_at_ms, queued_at_ms, payload_json)
  SELECT '${kind}:' || ${key}, '', '${kind}', name, 0, $nowMs, $nowMs, NULL`;

const heldRules: readonly TableRule[] = [
  {
    name: "debounce-forgotten",
    meaning: "The debounced event never starts its run. Its repair starts it.",
    since: 6,
    select: `SELECT name AS id FROM debounces WHERE ${IS_FORGOTTEN_DEBOUNCE}`,
    repair: `${enqueueHeld("debounce", "name")} FROM debounces WHERE ${IS_FORGOTTEN_DEBOUNCE}`,
  },
  {
    name: "batch-forgotten",
    meaning: "The batch never starts its run. Its repair starts it.",
    since: 7,
    select: `SELECT name AS id FROM open_batches WHERE ${IS_FORGOTTEN_BATCH}`,
    repair: `${enqueueHeld("batch", "id")} FROM open_batches WHERE ${IS_FORGOTTEN_BATCH}`,
  },
  {
    name: "batch-event-orphaned",
    meaning: "The event is in a batch that is neither open nor has a run. Its repair takes it out.",
    since: 7,
    select: `
      SELECT batch_id || ' ' || event_internal_id AS id FROM batch_events
      WHERE ${IS_BATCH_EVENT_OF_NOTHING}`,
    repair: `DELETE FROM batch_events WHERE ${IS_BATCH_EVENT_OF_NOTHING}`,
  },
  {
    name: "held-nothing",
    meaning:
      "The queue item would start a run with events that are not there. Its repair removes it.",
    since: 7,
    select: `SELECT id FROM queue_items WHERE ${HOLDS_NOTHING}`,
    repair: `DELETE FROM queue_items WHERE ${HOLDS_NOTHING}`,
  },
  {
    name: "held-event-missing",
    meaning:
      "The event that is held for a run to come is gone. Restore a backup, or send it again.",
    since: 7,
    select: `
      SELECT name AS id FROM debounces
      WHERE event_internal_id NOT IN (SELECT internal_id FROM events)
      UNION ALL
      SELECT open_batches.name FROM open_batches JOIN batch_events AS member
        ON member.batch_id = open_batches.id
      WHERE NOT EXISTS (SELECT 1 FROM events WHERE internal_id = member.event_internal_id)`,
  },
];

const otherRules: readonly TableRule[] = [
  {
    name: "function-unreadable",
    meaning: "The function's configuration is no JSON: the engine can't start. Restore a backup.",
    since: 1,
    select: "SELECT slug AS id FROM functions WHERE NOT json_valid(config_json)",
  },
  {
    name: "limit-far-ahead",
    meaning:
      "The rate limit or throttle lets nothing through for more than a year: the clock has been wrong.",
    since: 3,
    select: `SELECT name AS id FROM gcra_marks WHERE used_until_ms > $nowMs + ${366 * DAY_MS}`,
  },
  {
    name: "epoch-unreadable",
    meaning: "The count of the engine's starts is no number. Restore a backup.",
    since: 1,
    select: "SELECT value AS id FROM meta WHERE key = 'epoch' AND value NOT GLOB '[0-9]*'",
  },
];

export const tableRules: readonly TableRule[] = [
  ...runRules,
  ...stepRules,
  ...queueRules,
  ...waitRules,
  ...heldRules,
  ...otherRules,
];
