"""The independent checker of an event log: it shares no rule with the ledger that it judges."""
