"""How well one colour can be read on another, as WCAG 2 computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.color import Color

__all__ = ["contrast", "least_readable"]

_KNEE: Final = 0.04045
"""Below it the curve of sRGB is a line."""
_FLARE: Final = 0.05
"""The light that a screen throws back."""


def contrast(first: Color, second: Color) -> float:
    """Return the ratio of two opaque colours, from 1 to 21; the order does not matter."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + _FLARE) / (darker + _FLARE)


def least_readable(text: Color, ground: Color, percents: range, ratio: float) -> Color:
    """Return the faintest mix of a text into its ground that still has a ratio, else the text.

    `percents` are the shares of the text to be tried, in this order.
    """
    mixes = (ground.blend(text, percent / 100, alpha=1) for percent in percents)
    return next((mix for mix in mixes if contrast(mix, ground) >= ratio), text)


def _luminance(color: Color) -> float:
    red, green, blue = (_linear(part) for part in color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _KNEE else float(((part + 0.055) / 1.055) ** 2.4)
