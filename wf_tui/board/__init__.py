"""The board: a Textual view of one run, and the hands of a person in it."""
