"""What tokens cost: by the profile, by the table that is installed, or unknown, which is not 0."""

import subprocess
import sys

import pytest

from wf_tui.profiles.prices import Tokens, cost_of, has_price
from wf_tui.profiles.resolved import Price, Resolved

MILLION = Tokens(1_000_000, 1_000_000)


def profile(**more: object) -> Resolved:
    """Return an agent's profile."""
    return Resolved(name="a", kind="agent", lane="a", **more)  # type: ignore[arg-type] # any field


def test_the_profile_goes_before_the_table() -> None:
    """Dollars for a million are micro-dollars for one; cached tokens are inside the input."""
    own = profile(price=Price(input=2.0, output=10.0, cached=0.5), model="claude-sonnet-4-5")
    assert cost_of(own, "", Tokens(1000, 100, cached=400)) == 600 * 2 + 400 // 2 + 1000
    assert cost_of(profile(price=Price(input=2.0, output=0)), "", Tokens(10, 0, cached=99)) == 20


@pytest.mark.parametrize(
    ("model", "maker"),
    [("claude-sonnet-4-5", ""), ("claude-sonnet-4-5", "anthropic"), ("openai/gpt-5.1", "opencode")],
)
def test_the_table_knows_models_of_makers(model: str, maker: str) -> None:
    """Also where the agent names the maker before the model."""
    found = cost_of(profile(maker=maker), model, MILLION)
    assert found is not None
    assert found > 1_000_000


def test_what_nobody_knows_is_unknown() -> None:
    """A plan has no price, a strange model none, and one at a strange address neither."""
    assert cost_of(profile(price="plan"), "claude-sonnet-4-5", MILLION) is None
    assert cost_of(profile(), "nonsense-1", MILLION) is None
    assert cost_of(profile(), "", MILLION) is None
    own_server = profile(base_url="http://127.0.0.1:8080/v1", model="claude-sonnet-4-5")
    assert cost_of(own_server, "", MILLION) is None
    assert not has_price(own_server)


def test_the_address_of_a_maker_is_known() -> None:
    """A program of one maker may ask another one for its model."""
    deepseek = profile(base_url="https://api.deepseek.com/anthropic", maker="deepseek")
    assert cost_of(deepseek, "deepseek-v4-pro", MILLION)
    assert cost_of(deepseek, "claude-sonnet-4-5", MILLION) is None


def test_a_price_of_ones_own_imports_no_table() -> None:
    """It takes 0.2 s and brings a network client along, which nothing here uses."""
    code = (
        "import sys; from wf_tui.profiles.prices import *; "
        "from wf_tui.profiles.resolved import *; "
        "p = Resolved(name='a', kind='agent', lane='a', price=Price(1, 1)); "
        "assert cost_of(p, 'x', Tokens(1, 1)) == 2; assert 'genai_prices' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
