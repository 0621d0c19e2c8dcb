-- The embedded engine's tables. Released migrations are never edited: add the next file instead.
--
-- Moments are Unix milliseconds. `…_json` columns hold JSON text exactly as it is sent on.
-- Ids of events and runs are ULIDs: their order is the order of time.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE apps (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  framework TEXT NOT NULL,
  sdk_language TEXT NOT NULL,
  sdk_version TEXT NOT NULL,
  checksum TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  synced_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A function that an app no longer has is kept, archived: its runs still name it.
CREATE TABLE functions (
  id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES apps (id),
  slug TEXT NOT NULL UNIQUE,
  config_json TEXT NOT NULL,
  archived_at_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  internal_id TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  ts_ms INTEGER NOT NULL,
  received_at_ms INTEGER NOT NULL,
  -- What functions see as `event`: {id, name, data, user, ts, v?}.
  payload_json TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX events_by_name ON events (name, internal_id);
-- What people and apps have sent: lists leave out the engine's own events, which may be most of them.
CREATE INDEX events_sent ON events (internal_id)
  WHERE name < 'inngest/' OR name >= 'inngest0';

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  function_id TEXT NOT NULL REFERENCES functions (id),
  app_id TEXT NOT NULL,
  event_internal_id TEXT NOT NULL,
  status TEXT NOT NULL,
  queued_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  ended_at_ms INTEGER,
  output_json TEXT,
  request_version INTEGER NOT NULL,
  is_planning INTEGER NOT NULL,
  slots_json TEXT NOT NULL,
  correlation_id TEXT,
  rerun_of TEXT
) STRICT, WITHOUT ROWID;

-- Lists by function, by status or by both are read as one range for each pair, and merged.
CREATE INDEX runs_by_function_status ON runs (function_id, status, id);
CREATE INDEX runs_by_event ON runs (event_internal_id, id);
CREATE INDEX runs_by_start ON runs (started_at_ms, id) WHERE started_at_ms IS NOT NULL;
CREATE INDEX runs_by_end ON runs (ended_at_ms, id) WHERE ended_at_ms IS NOT NULL;

CREATE TABLE steps (
  run_id TEXT NOT NULL,
  -- Order in the run's stack: the SDK is told which steps came before which.
  position INTEGER NOT NULL,
  step_id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  is_race INTEGER NOT NULL,
  input_json TEXT,
  value_json TEXT,
  attempt INTEGER NOT NULL,
  queued_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  ended_at_ms INTEGER,
  PRIMARY KEY (run_id, step_id)
) STRICT, WITHOUT ROWID;

-- Tries that failed. The one that settled a step is in the step's own row.
CREATE TABLE failed_attempts (
  run_id TEXT NOT NULL,
  step_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  started_at_ms INTEGER NOT NULL,
  name TEXT NOT NULL,
  error_json TEXT NOT NULL,
  queued_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, step_id, started_at_ms, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_items (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  step_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  due_at_ms INTEGER NOT NULL,
  queued_at_ms INTEGER NOT NULL,
  payload_json TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX queue_items_by_run ON queue_items (run_id);

-- Runs that wait for an event. `match_path` and `match_json` are one equality of the expression, so
-- that an event finds its waits without trying each: '' where the expression has none.
CREATE TABLE waits (
  event_name TEXT NOT NULL,
  match_path TEXT NOT NULL,
  match_json TEXT NOT NULL,
  run_id TEXT NOT NULL,
  step_id TEXT NOT NULL,
  expression TEXT,
  PRIMARY KEY (event_name, match_path, match_json, run_id, step_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX waits_by_run ON waits (run_id, step_id);

-- An event id starts a function once in 24 hours.
CREATE TABLE event_keys (
  function_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  PRIMARY KEY (function_id, event_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_keys_by_expiry ON event_keys (expires_at_ms);
