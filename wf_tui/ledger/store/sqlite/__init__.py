"""The embedded store: one SQLite file, its format, its writers and who may touch it.

Only this package imports apsw. The driver runs statements and transactions under the lock of the
writers; the file guard sees that the file is still the one that was opened; migrations bring older
formats up to date, with a copy before. A connection is used on the thread that opened it.
"""
