"""Editing a plan by its parts, while its text stays as its author wrote it.

`edits` says what a person can change, `yaml_patch` writes that into the text, `outline` is what of
a plan a screen lists, with or without faults, and `examine` all that is worth knowing of it before
it runs. Nothing here knows a terminal; called by the plan screen, on threads of its own.
"""
