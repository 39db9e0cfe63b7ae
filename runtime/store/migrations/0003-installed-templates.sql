-- Written in the commit that puts a template into a workspace: what was cut short is begun again, what is there is never doubled.
CREATE TABLE installed_templates (
  workspace_id TEXT NOT NULL,
  template TEXT NOT NULL,
  installed_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, template)
) /*sqlite: WITHOUT ROWID */;

-- The hook was the last that an earlier version installed.
INSERT INTO installed_templates (workspace_id, template, installed_at)
SELECT workspace_id, 'inbound-lead', min(created_at) FROM hooks GROUP BY workspace_id;
