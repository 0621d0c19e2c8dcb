-- Traces: how each attempt's call went, as far as it was measured. NULL is "nobody measured it".

-- The call that settled the step: its id (`x-request-id`), how long it was due before it began, and of
-- its answer the status, the time to its headers and the time from there to its end.
ALTER TABLE steps ADD COLUMN request_id INTEGER;
ALTER TABLE steps ADD COLUMN queue_ms INTEGER;
ALTER TABLE steps ADD COLUMN response_status INTEGER;
ALTER TABLE steps ADD COLUMN server_ms INTEGER;
ALTER TABLE steps ADD COLUMN transfer_ms INTEGER;

ALTER TABLE failed_attempts ADD COLUMN request_id INTEGER;
ALTER TABLE failed_attempts ADD COLUMN queue_ms INTEGER;
ALTER TABLE failed_attempts ADD COLUMN response_status INTEGER;
ALTER TABLE failed_attempts ADD COLUMN server_ms INTEGER;
ALTER TABLE failed_attempts ADD COLUMN transfer_ms INTEGER;

-- The call that ended the run.
ALTER TABLE runs ADD COLUMN request_id INTEGER;
ALTER TABLE runs ADD COLUMN queue_ms INTEGER;
ALTER TABLE runs ADD COLUMN response_status INTEGER;
ALTER TABLE runs ADD COLUMN server_ms INTEGER;
ALTER TABLE runs ADD COLUMN transfer_ms INTEGER;

-- What apps say of their runs and steps beside the result, such as the tokens that a model took.
CREATE TABLE metadata (
  run_id TEXT NOT NULL,
  -- '' for the run itself.
  step_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  -- '' unless it belongs to a span of the app's own.
  span_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  kind TEXT NOT NULL,
  values_json TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, step_id, attempt, span_id, scope, kind)
) STRICT, WITHOUT ROWID;

-- Spans that apps sent of what happened within their steps (extended traces).
CREATE TABLE app_spans (
  run_id TEXT NOT NULL,
  span_id TEXT NOT NULL,
  parent_span_id TEXT NOT NULL,
  -- '' for one that belongs to no step.
  step_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  name TEXT NOT NULL,
  -- How it ended: 'unset', 'ok' or 'error', with the app's words for it.
  status TEXT NOT NULL,
  status_message TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER NOT NULL,
  attributes_json TEXT NOT NULL,
  PRIMARY KEY (run_id, span_id)
) STRICT, WITHOUT ROWID;
