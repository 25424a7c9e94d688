"""Which parser reads which stream, by the name that a preset gives."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from wf_tui.workers.agent.parsers.claude import ClaudeParser, QwenParser
from wf_tui.workers.agent.parsers.codex import CodexParser
from wf_tui.workers.agent.parsers.gemini import GeminiParser
from wf_tui.workers.agent.parsers.jsonl import JsonlParser
from wf_tui.workers.agent.parsers.kimi_code import KimiCodeParser
from wf_tui.workers.agent.parsers.opencode import OpencodeParser
from wf_tui.workers.agent.parsers.pi import PiParser
from wf_tui.workers.agent.parsers.signs import Parser

__all__ = ["PARSERS"]


PARSERS: Final[Mapping[str, Callable[[], Parser]]] = MappingProxyType(
    {
        "claude": ClaudeParser,
        "codex": CodexParser,
        "gemini": GeminiParser,
        "jsonl": JsonlParser,
        "kimi-code": KimiCodeParser,
        "opencode": OpencodeParser,
        "pi": PiParser,
        "qwen": QwenParser,
    }
)
