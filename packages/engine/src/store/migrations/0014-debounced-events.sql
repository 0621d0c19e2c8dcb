-- Retention asks of each old event whether it is held.
CREATE INDEX debounces_by_event ON debounces (event_internal_id);
