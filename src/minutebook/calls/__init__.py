"""The calls: schema, readers, identification, the lake, quarantine."""
