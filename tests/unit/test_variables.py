"""Which variables may be given to a program, and which are passed on by which pattern."""

import pytest

from wf_tui.variables import (
    is_reserved,
    is_secret,
    name_fault,
    passed_names,
    pattern_fault,
    value_fault,
)

GIVEN = {"CARGO_HOME": "c", "CARGO_TOKEN": "t", "JAVA_HOME": "j", "GIT_DIR": "g", "WF_RUN": "r"}


@pytest.mark.parametrize(
    "name",
    ["WF_RUN", "WF_ANYTHING", "GIT_DIR", "GIT_CONFIG_COUNT", "LD_PRELOAD", "LD_LIBRARY_PATH",
     "DYLD_INSERT_LIBRARIES", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP"],
)  # fmt: skip
def test_what_wf_decides_about_is_refused(name: str) -> None:
    """What is wf's own, leads git elsewhere or makes a program load code is nobody else's."""
    assert is_reserved(name)
    assert name_fault(name)
    assert pattern_fault(name)


@pytest.mark.parametrize("name", ["JAVA_HOME", "https_proxy", "_", "PYTHONUNBUFFERED", "GITHUB_X"])
def test_other_names_may_be_given(name: str) -> None:
    """A name that only resembles one of wf's is a person's own."""
    assert name_fault(name) is None
    assert pattern_fault(name) is None


@pytest.mark.parametrize("name", ["", "A B", "A=B", "1A", "A-B", "A\n", "Ä"])
def test_what_is_no_name_is_refused(name: str) -> None:
    """A name has letters, digits and underscores, as every shell can read it."""
    assert name_fault(name)
    assert pattern_fault(name)


def test_a_pattern_leaves_secrets_and_reserved_names_out() -> None:
    """Only an exact name passes on what looks secret, and nothing what wf decides about."""
    assert passed_names(("CARGO_*",), GIVEN) == ["CARGO_HOME"]
    assert passed_names(("*",), GIVEN) == ["CARGO_HOME", "JAVA_HOME"]
    assert passed_names(("CARGO_TOKEN", "*_HOME"), GIVEN) == [
        "CARGO_TOKEN",
        "CARGO_HOME",
        "JAVA_HOME",
    ]


def test_a_name_that_is_not_there_is_not_passed() -> None:
    """A plan may name what only some of its users have."""
    assert passed_names(("MISSING", "MISSING_*"), GIVEN) == []


def test_values_that_no_program_can_get_are_refused() -> None:
    """A NUL ends a variable, and Linux starts no program with one of more than 128 KB."""
    assert value_fault("a\0b")
    assert value_fault("x" * 100_001)
    assert value_fault("x" * 100_000) is None


@pytest.mark.parametrize(
    "name", ["GITHUB_TOKEN", "MYSQL_PWD", "GH_PAT", "STRIPE_KEY", "AWS_ACCESS_KEY_ID", "DB_PASS"]
)
def test_what_looks_secret(name: str) -> None:
    """Passwords and keys have short names as well."""
    assert is_secret(name)


@pytest.mark.parametrize("name", ["OLDPWD", "PWD", "PATH", "SSH_AUTH_SOCK", "KEYMAP", "COMPASS"])
def test_what_does_not_look_secret(name: str) -> None:
    """Names that only have such letters in them are passed on by a pattern."""
    assert not is_secret(name)
