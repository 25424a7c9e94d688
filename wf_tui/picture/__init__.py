"""The picture of a run: how it looks, for every view of it, without anything that draws.

Two ways lead here. Commands read once: `status` makes all of `wf status` and `wf show`, and
`event_text` and `event_json` one line or object for each event. The board follows a run: `reading`
gives batches of what changed, and `Picture` keeps a run in step with them.

The classes behind `Picture`, each with one kind of knowledge and none with another's:

* `Batch`: what one read found; the rows that changed, the events, and what reasons depend on.
* `CardCache`: the rows by id, and a card for each that somebody has looked at. Its revision number
  grows when a card looks different, so a view redraws only those.
* `Arrangement`: where each task stands, in the four columns and in the list, all of them and what
  the filter lets through, as `Column`s: sorted sequences in which one task costs a search.
* `Entries`: what a view draws of a `Column`, by neighbours: headers of groups, folds, the ghost.
* `SimilarCards`, `Snoozes`: which tasks stand as one card, and which are put off.
* `Totals`, `PhaseTotals`, `Sequences`, `Remaining`: counts, orders and paths that would otherwise
  need a walk over all tasks.
* `Header`, `Notice`: the line above the columns, and what is said below them, made from these.

Reading happens on the feed's thread, inside one read snapshot; everything else belongs to the
thread that draws, the event loop of the board. Batches are frozen values, so they cross without a
lock. Nothing here writes to the ledger, and a change costs what changed, however many tasks there
are.
"""
