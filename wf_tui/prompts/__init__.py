"""Prompts: what a worker is told of its task, as one text, and what is made of its answer.

A prompt is read from the ledger (`gather`), completed with what the files say, and put into words
(`render`). Whatever another worker or a program wrote stands in one marked block of JSON, as data.
Called by the scheduler for each attempt, and by `wf prompt`, which prints the same text.
"""
