"""What an agent says that a turn has cost."""

from acp import schema

from wf_tui.workers.line.grammar import Usage

__all__ = ["turn_usage"]


def turn_usage(response: schema.PromptResponse) -> Usage | None:
    """Return the tokens of one turn; None where the agent does not tell them.

    Cached input is inside of the input on the line; whether it is in the agent's own number, its
    total tells.
    """
    told = response.usage
    if told is None:
        return None
    cached = (told.cached_read_tokens or 0) + (told.cached_write_tokens or 0)
    is_outside = told.input_tokens + cached + told.output_tokens <= told.total_tokens
    return Usage(
        input=told.input_tokens + (cached if is_outside else 0),
        cached=told.cached_read_tokens,
        output=told.output_tokens,
        reasoning=told.thought_tokens,
        scope="turn",
    )
