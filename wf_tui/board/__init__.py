"""The board: a Textual view of one run, and the keys with which a person acts on it.

It knows the picture of a run and never the rules of the ledger: what it changes goes through
`wf_tui.commands`, what it shows is read by `feed` on a thread of its own. `wf_tui.cli.board` opens
it. All of it runs on the event loop of the application, but for the feed, the acts on the ledger
and the reads of the detail pane, which have threads of their own.
"""
