-- Lists of one flow's events and of failed runs, in their order. An index on every status would be written three times per run.
CREATE INDEX events_by_flow ON events (flow_id, id);
CREATE INDEX runs_failed ON runs (workspace_id, id) WHERE status = 'failed';
