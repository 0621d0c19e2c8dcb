-- Batches: events that start one run together.

-- Those that still take events; the queue item `batch:<id>` starts the run when no more come.
CREATE TABLE open_batches (
  -- Function, option and evaluated key.
  name TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  function_id TEXT NOT NULL,
  event_count INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The events of open batches and, as long as they are kept, of those that have become runs.
CREATE TABLE batch_events (
  batch_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  event_internal_id TEXT NOT NULL,
  correlation_id TEXT,
  PRIMARY KEY (batch_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX batch_events_by_event ON batch_events (event_internal_id);

-- Null for the run of a single event. One that repeats the run of a batch has the same batch.
ALTER TABLE runs ADD COLUMN batch_id TEXT;
CREATE INDEX runs_by_batch ON runs (batch_id, id) WHERE batch_id IS NOT NULL;

UPDATE apps SET checksum = '';
