-- Debounced events: the newest of each key, until its queue item (`debounce:<name>`) starts a run with it.
CREATE TABLE debounces (
  -- Function, option and evaluated key.
  name TEXT PRIMARY KEY,
  function_id TEXT NOT NULL,
  event_internal_id TEXT NOT NULL,
  event_ts_ms INTEGER NOT NULL,
  first_at_ms INTEGER NOT NULL,
  correlation_id TEXT
) STRICT, WITHOUT ROWID;

UPDATE apps SET checksum = '';
