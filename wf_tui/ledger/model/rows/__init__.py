"""The rows of the ledger as frozen values, and the one place that types a driver's tuples.

Rules and queries read and write them, each in its own transaction; views only read them. A table is
a class in `run_rows`, `talk_rows` or `review_rows`; `codec` turns it into statements and back.
"""

from wf_tui.ledger.model.rows.codec import (
    StoredRow,
    Table,
    changes,
    decode,
    decode_events,
    decode_tasks,
    encode,
    evolve,
    from_json,
    insert,
    literals,
    select,
    table_of,
    update,
)
from wf_tui.ledger.model.rows.review_rows import CommentRow, DraftRow, SeenRow, SnoozeRow
from wf_tui.ledger.model.rows.run_rows import (
    AttemptRow,
    BreakerRow,
    Detail,
    EventRow,
    PhaseRow,
    RunRow,
    TaskRow,
    WorkerRow,
)
from wf_tui.ledger.model.rows.talk_rows import AllowanceRow, GateRow, MessageRow, QuestionRow
from wf_tui.ledger.model.spec import Spec

__all__ = [
    "AllowanceRow",
    "AttemptRow",
    "BreakerRow",
    "CommentRow",
    "Detail",
    "DraftRow",
    "EventRow",
    "GateRow",
    "MessageRow",
    "PhaseRow",
    "QuestionRow",
    "RunRow",
    "SeenRow",
    "SnoozeRow",
    "Spec",
    "StoredRow",
    "Table",
    "TaskRow",
    "WorkerRow",
    "changes",
    "decode",
    "decode_events",
    "decode_tasks",
    "encode",
    "evolve",
    "from_json",
    "insert",
    "literals",
    "select",
    "table_of",
    "update",
]
