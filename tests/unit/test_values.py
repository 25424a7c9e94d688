"""Frozen values: whatever is asked of them, they answer as frozen dataclasses do."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any, ClassVar

import pytest

from wf_tui.values import field, field_names, frozen, replace


@frozen
class Point:
    """A value with all kinds of fields."""

    kind: ClassVar[str] = "point"

    x: int
    y: int = 0
    tags: dict[str, int] = field(default_factory=dict)
    secret: str = field(default="", repr=False)


@frozen
class Named(Point):
    """A value that extends another one."""

    name: str = "n"


@frozen(slots=True)
class Small:
    """A value without a dictionary."""

    a: int
    b: tuple[int, ...] = ()
    c: dict[str, int] = field(default_factory=dict)


@frozen
class Nothing:
    """A value that says all by its class."""

    kind: ClassVar = "nothing"


@dataclasses.dataclass(frozen=True)
class Like:
    """The same as `Point`, as a dataclass."""

    kind: ClassVar[str] = "point"

    x: int
    y: int = 0
    tags: dict[str, int] = dataclasses.field(default_factory=dict)
    secret: str = dataclasses.field(default="", repr=False)


@dataclasses.dataclass(frozen=True)
class Wide:
    """A dataclass with a field that is given by name only."""

    x: int
    more: int = dataclasses.field(default=0, kw_only=True)


@pytest.mark.parametrize(
    ("args", "given"),
    [((1,), {}), ((1, 2), {}), ((), {"x": 1, "tags": {"a": 1}}), ((1,), {"secret": "s"})],
)
def test_a_value_is_made_as_a_dataclass(args: tuple[Any, ...], given: dict[str, Any]) -> None:
    """By place or by name, with its defaults; its text has the fields in order, but a secret."""
    made, like = Point(*args, **given), Like(*args, **given)
    assert vars(made) == vars(like)
    assert list(vars(made)) == list(field_names(Point)) == list(vars(like))
    assert repr(made) == repr(like).replace("Like", "Point")


@pytest.mark.parametrize("kind", [Point, Named, Small])
@pytest.mark.parametrize(
    ("args", "given"),
    [((), {}), ((1,), {"z": 1}), ((1, 2, {}, "", "", ""), {}), ((), {"y": 1, "b": ()})],
)
def test_wrong_arguments_are_refused(
    kind: type, args: tuple[Any, ...], given: dict[str, Any]
) -> None:
    """One too few, one too many, or one that it does not have is a TypeError."""
    with pytest.raises(TypeError, match=kind.__name__):
        kind(*args, **given)


def test_an_argument_is_given_once() -> None:
    """By place and by name is an error, also where the value would be the same."""
    twice: dict[str, Any] = {"x": 1}
    with pytest.raises(TypeError, match="once"):
        Point(1, **twice)


def test_values_are_equal_by_their_fields() -> None:
    """Of one class, that is; each has a dictionary of its own where none is given."""
    assert Point(1, 2) == Point(1, 2) != Point(1, 3)
    assert Named(1, 2) != Point(1, 2)
    assert Point(1).tags is not Point(1).tags
    assert Small(1, (2,)) == Small(1, (2,)) != Small(2)


def test_a_value_may_have_no_field() -> None:
    """Then all of its class are equal."""
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing(), Point(1, tags=())}) == 2  # type: ignore[arg-type]  # so it has a hash
    with pytest.raises(TypeError, match="Nothing"):
        Nothing(1)  # type: ignore[call-arg]  # that is the point


def test_values_with_hashable_fields_can_be_keys() -> None:
    """Equal values have one hash; one with a dictionary in it has none."""
    tags: Any = ()
    assert len({Point(1, tags=tags), Point(1, tags=tags), Point(2, tags=tags)}) == 2
    with pytest.raises(TypeError):
        hash(Point(1))


@pytest.mark.parametrize("value", [Point(1), Small(1)])
def test_values_do_not_change(value: object) -> None:
    """Neither is a field set, nor a new one, nor one deleted."""
    name = field_names(type(value))[0]
    with pytest.raises(AttributeError, match="does not change"):
        setattr(value, name, 2)
    with pytest.raises(AttributeError, match="does not change"):
        delattr(value, name)


def test_slots_have_no_dictionary() -> None:
    """What there are thousands of is small."""
    assert not hasattr(Small(1), "__dict__")
    assert (Small(1).a, Small(1).b, Small(1).c) == (1, (), {})


@pytest.mark.parametrize("copy", [replace, dataclasses.replace])
def test_a_copy_differs_in_what_is_said(copy: Any) -> None:
    """`replace` of either module makes one, and refuses a field that there is not."""
    assert copy(Named(1, 2, name="m"), y=3) == Named(1, 3, name="m")
    assert copy(Small(1), b=(1,)) == Small(1, (1,))
    with pytest.raises(TypeError):
        copy(Point(1), z=1)


def test_a_copy_of_a_dataclass_has_all_its_fields() -> None:
    """Whoever copies need not know how a class was made; one by name only is no field to match."""
    assert replace(Wide(1, more=2), x=3) == Wide(3, more=2)


def test_dataclasses_knows_them() -> None:
    """What looks at dataclasses sees no difference."""
    assert dataclasses.is_dataclass(Point)
    assert dataclasses.asdict(Named(1, tags={"a": 1})) == {
        "x": 1, "y": 0, "tags": {"a": 1}, "secret": "", "name": "n"
    }  # fmt: skip
    ours, theirs = dataclasses.fields(Point), dataclasses.fields(Like)
    assert [(f.name, f.default, f.repr) for f in ours] == [
        (f.name, f.default, f.repr) for f in theirs
    ]


def test_values_need_no_dataclasses() -> None:
    """That module loads `inspect`, which takes longer than all that `wf status` does."""
    code = (
        "import sys; from wf_tui.ledger.model import rows; from wf_tui.picture import status;"
        "print({'dataclasses', 'inspect'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_scheduler_loads_little() -> None:
    """The next one goes on sooner without what only checks settings or reads installations."""
    code = (
        "import sys; from wf_tui.cli import scheduler;"
        "from wf_tui.profiles.resolved import Resolved;"
        "from wf_tui.profiles.stored import profiles_of, profiles_text;"
        "profiles_of(profiles_text({'p': Resolved('p', 'shell', 'local')}));"
        "print({'pydantic', 'importlib.metadata', 'email'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
