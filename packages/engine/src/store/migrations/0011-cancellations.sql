-- Bulk cancellations: which runs, and how far each has come.

CREATE TABLE cancellations (
  id TEXT PRIMARY KEY,
  app_name TEXT NOT NULL,
  -- As it was asked for; null for all functions of the app.
  function_slug TEXT,
  function_ids_json TEXT NOT NULL,
  -- Both are out. Of when runs were queued.
  started_after_ms INTEGER,
  started_before_ms INTEGER NOT NULL,
  expression TEXT,
  created_at_ms INTEGER NOT NULL,
  -- The last run that was looked at; '' before the first.
  position TEXT NOT NULL,
  cancelled_count INTEGER NOT NULL,
  ended_at_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX cancellations_unfinished ON cancellations (id) WHERE ended_at_ms IS NULL;
