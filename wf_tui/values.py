"""Frozen values: what `@dataclass(frozen=True)` makes, at a fiftieth of the cost of a class.

`dataclasses` writes and compiles six methods for each class, and loads `inspect` to do so: that was
half the time of a command that only shows something. Here the methods are the same for all
classes and go by the names of their fields. To the type checker, and to `fields`, `replace` and
`asdict` of `dataclasses`, such a class is a dataclass like any other.
"""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar, dataclass_transform, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    # The type checker knows the fields of a class only through this name.
    from dataclasses import replace

__all__ = ["field", "field_names", "frozen", "replace"]

_T = TypeVar("_T")
_MISSING: Final = object()


class _Field:
    """What `field` says of one field; by default, that it has to be given and is shown."""

    __slots__ = ("default", "make", "shown", "type")

    def __init__(
        self,
        default: object = _MISSING,
        make: Callable[[], object] | None = None,
        *,
        shown: bool = True,
    ) -> None:
        self.default = default
        self.make = make
        self.shown = shown
        self.type: Any = None
        """As it is annotated."""


@overload
def field(*, default: _T, repr: bool = True) -> _T: ...
@overload
def field(*, default_factory: Callable[[], _T], repr: bool = True) -> _T: ...
@overload
def field(*, repr: bool = True) -> Any: ...
def field(
    *,
    default: object = _MISSING,
    default_factory: Callable[[], object] | None = None,
    repr: bool = True,  # noqa: A002 - as `dataclasses` has it
) -> Any:
    """Say more of a field than its type, as `dataclasses.field`."""
    return _Field(default, default_factory, shown=repr)


def field_names(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a value's class, in order."""
    names: tuple[str, ...] = kind.__match_args__  # type: ignore[attr-defined]  # each value has it
    return names


@overload
def frozen(cls: type[_T], /) -> type[_T]: ...
@overload
def frozen(*, slots: bool) -> Callable[[type[_T]], type[_T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: Any = None, /, *, slots: bool = False) -> Any:
    """Make a class a frozen value: made of its fields, equal by them, and never changed.

    It may extend another value, and no other dataclass. With `slots`, instances have no dictionary:
    for what there are thousands of. A `__post_init__` is not called.
    """
    if cls is None:
        return partial(frozen, slots=slots)
    fields: dict[str, _Field] = {}
    for base in cls.__mro__[:0:-1]:
        fields |= base.__dict__.get("__value_fields__", {})
    fields |= (own := dict(_own_fields(cls)))
    if slots:
        cls = _with_slots(cls, own)
    cls.__value_fields__ = fields
    # One without fields is equal by its class alone.
    cls.__value_key__ = attrgetter(*fields) if fields else type
    cls.__match_args__ = tuple(fields)  # type: ignore[misc]  # it is the class's own, made here
    cls.__dataclass_fields__ = _DATACLASS_FIELDS
    cls.__init__ = _initialiser(fields, slots=slots)
    cls.__eq__ = _equal
    cls.__hash__ = _hash
    cls.__setattr__ = cls.__delattr__ = _refuse
    if "__repr__" not in cls.__dict__:
        cls.__repr__ = _show
    return cls


def _own_fields(cls: type) -> Iterator[tuple[str, _Field]]:
    """Yield the fields that a class adds; what stays of `field` in its body is the default."""
    for name, annotation in cls.__annotations__.items():
        if "ClassVar" in str(annotation):
            continue
        given = cls.__dict__.get(name, _MISSING)
        one = given if isinstance(given, _Field) else _Field(given)
        if one is given and one.default is _MISSING:
            delattr(cls, name)
        elif one is given:
            setattr(cls, name, one.default)
        one.type = annotation
        yield name, one


def _with_slots(cls: type, own: Mapping[str, _Field]) -> type:
    """Return the same class with slots, which only a new class can have."""
    left_out = {*own, "__dict__", "__weakref__"}
    body = {name: one for name, one in cls.__dict__.items() if name not in left_out}
    return type(cls)(cls.__name__, cls.__bases__, {**body, "__slots__": tuple(own)})


def _initialiser(fields: Mapping[str, _Field], *, slots: bool) -> Callable[..., None]:
    """Return the `__init__` of a class with these fields: it fills them in, in their order."""
    names = tuple(fields)
    template = {name: one.default for name, one in fields.items()}
    made = tuple((name, one.make) for name, one in fields.items() if one.make is not None)
    needed = tuple(name for name, one in fields.items() if one.default is _MISSING)

    def __init__(self: object, *args: object, **given: object) -> None:  # noqa: N807 - it is one
        values = template.copy()
        if args:
            values.update(zip(names, args, strict=False))
            if len(args) > len(names) or not given.keys().isdisjoint(names[: len(args)]):
                raise TypeError(f"{type(self).__name__} takes each of {', '.join(names)} once")
        values.update(given)
        for name, make in made:
            if values[name] is _MISSING:
                values[name] = make()
        missing = [name for name in needed if values[name] is _MISSING]
        if missing or len(values) != len(names):
            wrong = ", ".join(missing) or ", ".join(values.keys() - fields.keys())
            raise TypeError(f"{type(self).__name__} {'needs' if missing else 'has no'} {wrong}")
        if slots:
            for name, one in values.items():
                object.__setattr__(self, name, one)
        else:
            self.__dict__.update(values)

    return __init__


def _equal(self: Any, other: Any) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return self.__value_key__(self) == self.__value_key__(other)


def _hash(self: Any) -> int:
    return hash(self.__value_key__(self))


def _refuse(self: object, name: str, *_: object) -> None:
    raise AttributeError(f"a {type(self).__name__} does not change: {name}")


def _show(self: Any) -> str:
    fields: Mapping[str, _Field] = self.__value_fields__
    shown = [f"{name}={getattr(self, name)!r}" for name, one in fields.items() if one.shown]
    return f"{type(self).__qualname__}({', '.join(shown)})"


class _DataclassFields:
    """What `dataclasses` asks a class for; it is made when it asks, and loaded by then."""

    def __get__(self, instance: object, cls: Any) -> dict[str, Any]:
        from dataclasses import MISSING, make_dataclass  # noqa: PLC0415 - see the module
        from dataclasses import field as dataclass_field  # noqa: PLC0415 - same

        def described(one: _Field) -> Any:
            if one.make is not None:
                return dataclass_field(default_factory=one.make, repr=one.shown)
            default = MISSING if one.default is _MISSING else one.default
            return dataclass_field(default=default, repr=one.shown)

        own: dict[str, _Field] = cls.__value_fields__
        like: Any = make_dataclass(
            cls.__name__, [(name, one.type, described(one)) for name, one in own.items()]
        )
        made: dict[str, Any] = like.__dataclass_fields__
        cls.__dataclass_fields__ = made
        return made


_DATACLASS_FIELDS: Final = _DataclassFields()

if not TYPE_CHECKING:

    def replace(self: _T, /, **changes: object) -> _T:
        """Return a copy with some fields changed, as `dataclasses.replace`, which does the rest."""
        if not hasattr(self, "__value_fields__"):
            import dataclasses  # noqa: PLC0415 - it made the class, and is loaded

            return dataclasses.replace(self, **changes)
        kept = {name: getattr(self, name) for name in field_names(type(self))}
        return type(self)(**{**kept, **changes})
