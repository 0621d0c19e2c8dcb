-- Which step waits for a signal: one at most. The row goes with the wait.
CREATE TABLE signal_waits (
  signal TEXT PRIMARY KEY,
  run_id TEXT NOT NULL,
  step_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX signal_waits_by_run ON signal_waits (run_id, step_id);
