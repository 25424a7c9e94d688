"""The value of a key is found in every form that programs write it in."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

from wf_tui.profiles.secrets import secret_forms, strings_of_login, why_not_redacted

KEY = "p\u00e4ss/word+1 x"


def test_a_key_is_known_in_every_form() -> None:
    """As it is, in JSON, in a URL, and in base64 of both alphabets, wherever it begins in that."""
    forms = secret_forms({"DB_PASSWORD": KEY})
    assert set(forms.values()) == {"DB_PASSWORD"}
    for before in ("", "x", "xy", "xyz"):
        content = f"{before}{KEY}{before}".encode()
        for written in (base64.b64encode(content), base64.urlsafe_b64encode(content)):
            assert any(form in written.decode() for form in forms)
    assert {KEY, json.dumps(KEY)[1:-1], quote(KEY, safe=""), quote(KEY), quote_plus(KEY)} <= set(
        forms
    )


def test_what_stands_in_any_text_is_no_key() -> None:
    """A value of a few letters, or a common word, would be found everywhere; it is told."""
    assert secret_forms({"A": "1234567", "B": "Password"}) == {}
    assert "under 8 characters" in (why_not_redacted("1234567") or "")
    assert "common word" in (why_not_redacted("Password") or "")
    assert why_not_redacted("sk-12345") is None


def test_which_strings_of_a_login_count_as_keys() -> None:
    """Every one of 16 characters or more, however deep; a file that is no JSON word by word."""
    content = json.dumps({"a": ["0123456789abcdef", {"b": "0123456789ABCDEFG"}], "short": "x"})
    assert strings_of_login(content.encode()) == ["0123456789abcdef", "0123456789ABCDEFG"]
    assert strings_of_login(b"token = '0123456789abcdefg'\n") == ["0123456789abcdefg"]
