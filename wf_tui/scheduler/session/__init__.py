"""The scheduler's end of one attempt: what its worker says, asks, and hears from persons.

Everything that came up the line of a worker is a claim. It is put into the transcript, redacted,
and its sums and last words into the ledger; what a person answers or writes goes the other way.
"""
