"""What only a person decides, and what reaches their terminal and their keys."""

from __future__ import annotations

from typing import Final

from tests.faults.mutants.mutant import Mutant

__all__ = ["PERSONS"]

PERSONS: Final = (
    # Keys that nobody pressed, and a terminal that is left broken
    Mutant(
        "G11",
        "the rest of a sequence that was cut is typed",
        "board/terminal/sequences.py",
        "        if self._late is not None and data:\n",
        "        if self._late is not None and not data:\n",
        "unit/board/terminal/test_sequences.py::test_a_rest_is_never_typed",
    ),
    Mutant(
        "G11",
        "an answer of the terminal is typed",
        "board/terminal/sequences.py",
        "        elif introducer in _STRINGS:\n",
        '        elif introducer == b"P":\n',
        "unit/board/terminal/test_sequences.py::test_a_slow_line_types_nothing",
    ),
    Mutant(
        "G11",
        "a paste is read as keys",
        "board/terminal/sequences.py",
        '        elif b"\\x1b[" + self._held == _PASTE_START:\n',
        "        elif not self._held:\n",
        "unit/board/terminal/test_sequences.py::test_a_slow_line_types_nothing",
    ),
    Mutant(
        "G11",
        "an end mark within a paste ends it",
        "board/terminal/sequences.py",
        "end = self._held.rfind(_PASTE_END, end, begins if begins > 0 else len(self._held))",
        "end = max(end, begins and end)",
        "unit/board/terminal/test_sequences.py::test_an_end_mark_within_a_paste_ends_nothing",
    ),
    Mutant(
        "G11",
        "the number of a sequence is a letter",
        "board/terminal/parser.py",
        "if isinstance(key, events.Key) and key.character is None]",
        "if isinstance(key, events.Key)]",
        "unit/board/terminal/test_parser.py::test_the_number_of_a_sequence_is_no_letter",
    ),
    Mutant(
        "G11",
        "keys from before the board are taken",
        "board/terminal/fence.py",
        "self.until is None or not isinstance(message, InputEvent | events.Paste)",
        "message is not None",
        "integration/test_terminal.py::test_what_was_typed_before_it_is_shown_is_dropped",
    ),
    Mutant(
        "G11",
        "keys typed ahead of a dialog pass it",
        "board/dialog_app.py",
        "        return self._dialogs > 0 or event.time < self._dialog_since\n",
        "        return False\n",
        "unit/board/test_actions.py::test_keys_typed_ahead_of_a_dialog_that_is_closed_act_on_nothing",
    ),
    Mutant(
        "G11",
        "what the terminal still sends is left to the shell",
        "board/terminal/driver.py",
        "            self._drain(_SLOWEST if answers else PATIENCE)\n"
        "        self.settings.restore()\n"
        "        self.settings.drop_input()\n",
        "        self.settings.restore()\n",
        "integration/test_terminal.py::test_no_answer_reaches_the_shell_after_it",
    ),
    Mutant(
        "G11",
        "a terminal that does not read is left as it is",
        "board/terminal/output.py",
        "                signal.pthread_kill(self._thread.ident, signal.SIGWINCH)\n",
        "                pass\n",
        "integration/test_terminal.py::test_a_terminal_that_does_not_read_is_left_as_it_was",
    ),
    Mutant(
        "G11",
        "frames that change nothing are written",
        "board/terminal/shown_lines.py",
        "    if shown is None or _width(shown) != _width(wanted):\n",
        "    if shown is None or wanted:\n",
        "unit/board/terminal/test_shown_lines.py::test_a_frame_that_changes_nothing_costs_nothing",
    ),
    # G15: nothing that a worker asks for is approved but by a person
    Mutant(
        "G15",
        "one permission allows all of its kind",
        "ledger/rules/conversation/allowances.py",
        "tool_kind = :tool_kind AND text = :text AND",
        "tool_kind = :tool_kind AND",
        "unit/ledger/test_questions.py::test_always_is_a_rule_of_the_run",
    ),
    Mutant(
        "G15",
        "an agent is told to allow for always",
        "ledger/rules/conversation/questions.py",
        "    once = asked.once(ALLOW_ONCE) if chosen.allows else chosen\n",
        "    once = chosen\n",
        "unit/ledger/test_questions.py::test_always_is_a_rule_of_the_run",
    ),
    Mutant(
        "G15",
        "what is allowed outlives the run",
        "ledger/rules/runs.py",
        "    end_all(tx)\n",
        "",
        "unit/ledger/test_questions.py::test_it_ends_with_the_run",
    ),
    Mutant(
        "G15",
        "a question outlives its attempt",
        "ledger/rules/task_guards.py",
        "    void_questions(tx, task)\n",
        "",
        "unit/ledger/test_questions.py::test_whatever_ends_it_makes_it_void",
    ),
    Mutant(
        "G15",
        "the checker lets a worker approve",
        "verify/conversation.py",
        '    run.require(allowed_to, "approval", event, '
        'f"answered by {event.actor}, who is no person")\n',
        "",
        "unit/verify/test_conversation.py::test_nobody_else_approves",
    ),
    Mutant(
        "G15",
        "silence is a yes",
        "ledger/rules/conversation/questions.py",
        "        return _answered(tx, task, asked, _rejection(asked), None)\n",
        "        return _answered(tx, task, asked, asked.once(ALLOW_ONCE), None)\n",
        "unit/ledger/test_questions.py::test_time_out_rejects",
    ),
    Mutant(
        "G15",
        "what nobody answers any more is taken for an answer",
        "scheduler/session/mailbox.py",
        "            answered = question.state is QuestionState.ANSWERED\n",
        "            answered = True\n",
        "unit/scheduler/session/test_mailbox.py::test_an_answer_comes_to_its_question",
    ),
)
