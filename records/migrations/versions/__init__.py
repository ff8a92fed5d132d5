"""The revisions of the schema, oldest first by file name. A revision that was released is never edited."""
