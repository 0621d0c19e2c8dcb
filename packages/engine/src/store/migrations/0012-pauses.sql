-- A paused function starts no runs. A sync leaves these columns as they are.

ALTER TABLE functions ADD COLUMN paused_at_ms INTEGER;
ALTER TABLE functions ADD COLUMN holds_runs INTEGER NOT NULL DEFAULT 0;
