"""What scopes mean: overlap never misses, covers is exact, bad ones are refused."""

import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.plan.scopes import (
    covers,
    first_overlap,
    overlapping_pairs,
    problem,
    within,
)

NAMES = ("a", "b", "ab", "A")
PATHS = ["/".join(parts) for n in (1, 2, 3) for parts in itertools.product(NAMES, repeat=n)]

component = st.sampled_from(
    ["a", "b", "ab", "A", "*", "**", "?", "a*", "*b", "[ab]", "[!a]", "a?", ".", "", "{a,b}"]
)
scope_text = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "./", "././", " "]),
    st.lists(component, min_size=1, max_size=4).map("/".join).map(lambda text: text.lstrip("/")),
    st.sampled_from(["", "/", "/*", "/**", " "]),
)


def naive_regex(scope: str) -> re.Pattern[str]:
    """Return the pattern of a scope by plain translation, with all that lies below it."""
    pattern = ""
    for part in [part for part in scope.strip().split("/") if part not in {"", "."}]:
        glob = part.replace("?", "[^/]").replace("*", "[^/]*").replace("[!", "[^")
        glob = glob.replace("{a,b}", r"\{a,b\}")
        pattern += "(?:[^/]+/)*" if part == "**" else f"(?:{glob}|{re.escape(part)})/"
    return re.compile(pattern + ".*")


@given(scope_text)
def test_covers_agrees_with_a_plain_translation(scope: str) -> None:
    """A scope covers exactly the files that its plain regular expression matches."""
    pattern = naive_regex(scope)
    expected = [path for path in PATHS if pattern.fullmatch(path + "/")]
    assert [path for path in PATHS if covers([scope], path)] == expected


def overlap(left: str, right: str, *, fold_case: bool = False) -> bool:
    """Whether a file may lie in both scopes."""
    return first_overlap([left], [right], fold_case=fold_case) is not None


@given(scope_text, scope_text, st.booleans())
def test_overlap_never_misses(left: str, right: str, fold_case: bool) -> None:  # noqa: FBT001 - drawn
    """Two scopes that share a file overlap, also where the file system folds case."""
    shared = any(
        covers([left], path, fold_case=fold_case) and covers([right], path, fold_case=fold_case)
        for path in PATHS
    )
    assert overlap(left, right, fold_case=fold_case) or not shared


@given(scope_text, scope_text)
def test_overlap_has_no_sides(left: str, right: str) -> None:
    """It does not matter which scope comes first, and each overlaps itself."""
    assert overlap(left, right) == overlap(right, left)
    assert overlap(left, left)


@given(st.lists(st.lists(scope_text, max_size=3), max_size=8), st.booleans())
def test_pairs_are_those_of_comparing_each_with_each(
    groups: list[list[str]],
    fold_case: bool,  # noqa: FBT001 - drawn
) -> None:
    """The index finds the pairs that the square of comparisons finds, in the same order."""
    naive = [
        (left, right)
        for left, right in itertools.combinations(range(len(groups)), 2)
        if first_overlap(groups[left], groups[right], fold_case=fold_case)
    ]
    assert list(overlapping_pairs(groups, fold_case=fold_case)) == naive


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("src/a", "src/ab", False),
        ("src", "src/a", True),
        ("src/a/", "./src/a", True),
        (".//src", "src/a", True),
        ("**", "src/main.py", True),
        ("*", "src/main.py", True),
        (".", "docs", True),
        ("./", "docs", True),
        ("", "docs", True),
        ("src/*.py", "src/main.py", True),
        ("src/*.py", "src/*.ts", True),
        ("src/*/x", "src/api/x", True),
        ("src/[ab]", "src/a", True),
        ("src/{a,b}", "src/a", True),
        ("src/?", "docs/?", False),
        ("Src", "src", False),
        (" ././src/a/ ", "src/a", True),
        ("a//b/./c", "a/b/c", True),
        ("a//b/./c", "a/b/d", False),
        ("src/**", "src/a/b", True),
    ],
)
def test_overlap_of_known_pairs(left: str, right: str, expected: bool) -> None:  # noqa: FBT001 - a row
    """The pairs that earlier rules missed are found; folders of other names stay apart."""
    assert overlap(left, right) is expected


def test_case_counts_only_where_the_file_system_says_so() -> None:
    """With folding, names that differ by case or by composition are one."""
    assert overlap("Src/A", "src/a/b", fold_case=True)
    assert overlap("caf\u00e9", "cafe\u0301", fold_case=True)
    assert covers(["SRC"], "src/a", fold_case=True)
    assert not covers(["SRC"], "src/a")


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("/etc", "absolute"),
        ("  /", "absolute"),
        ("C:/x", "absolute"),
        ("../x", "`..`"),
        ("src/a/..", "`..`"),
        ("a\0b", "NUL"),
        ("a\nb", "line break"),
        ("a\r", "line break"),
        pytest.param("x" * 4097, "longer", id="too long"),
    ],
)
def test_refused_scopes(scope: str, words: str) -> None:
    """A scope that may lead out of the tree, or that no path can have, is refused by name."""
    assert words in (problem(scope) or "")


@pytest.mark.parametrize(
    "scope",
    [
        "src",
        "./src/**",
        "a..b",
        "...",
        "**",
        "",
        "app/[id]/page.tsx",
        pytest.param("x" * 4096, id="long"),
    ],
)
def test_good_scopes(scope: str) -> None:
    """Names that merely look odd are no fault."""
    assert problem(scope) is None


def test_a_scope_may_be_the_plain_name_of_a_file_with_brackets() -> None:
    """`app/[id]` covers the folder of that name as well as what the glob matches."""
    assert covers(["app/[id]"], "app/[id]/page.tsx")
    assert covers(["app/[id]"], "app/i")
    assert not covers(["app/[id]"], "app/x")


def test_no_scope_covers_nothing() -> None:
    """Without scopes no file is covered; what an empty list means is for the caller to say."""
    assert not covers([], "a")


def test_a_path_that_is_no_text_is_matched() -> None:
    """Bytes that are no UTF-8 come as surrogates and match like other characters."""
    assert covers(["src/*"], "src/\udcff")


def test_a_hostile_path_is_matched_quickly() -> None:
    """Many stars against a long path of the same letter take no exponential time."""
    path = "/".join(["a" * 200] * 200)
    started = time.process_time()
    assert not covers(["**/a*a*a*a*a*b/**/a/**/a/**/b"], path)
    assert time.process_time() - started < 1


def test_ten_thousand_disjoint_scopes_are_compared_quickly() -> None:
    """Disjoint scopes cost n log n."""
    started = time.process_time()
    assert not list(overlapping_pairs([[f"src/m{number}/a"] for number in range(10_000)]))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("scope", "scopes", "inside"),
    [
        ("src/a", ["src"], True),
        ("src", ["src/a"], False),
        ("src/a", ["lib", "src/a/"], True),
        ("src/*.py", ["src"], True),
        ("src/*.py", ["src/*.py"], True),
        ("src/*.py", ["src/?.py"], False),
        ("src/**", ["src/a"], False),
        ("*", ["src"], False),
        (".", ["src"], False),
        (".", ["."], True),
        ("srcs/a", ["src"], False),
        ("SRC/a", ["src"], False),
    ],
)
def test_a_scope_within_others(scope: str, scopes: list[str], *, inside: bool) -> None:
    """Whatever a scope allows is allowed by the others, as far as their words tell."""
    assert within(scope, scopes) is inside
