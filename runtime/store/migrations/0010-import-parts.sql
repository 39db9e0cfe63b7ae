-- What an import keeps of its file, in parts of a few 100 kB that are written one after the other: joined by number they are the
-- document, in whose place `imports.document` is empty. They go with their import.
CREATE TABLE import_parts (
  import_id TEXT NOT NULL,
  part BIGINT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (import_id, part)
);
