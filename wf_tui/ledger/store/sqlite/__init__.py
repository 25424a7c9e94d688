"""The embedded store: one SQLite file, its format, its writers and who may touch it."""
