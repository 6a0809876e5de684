"""A coach in the middle of a run as bytes and back: what goes on from there decides the same.

Reading builds nothing but the coach's own parts: any other class in the bytes is refused before it is made.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType, MethodType
from typing import Any, Final, TypeVar, cast

from vqf import VQF

from cuecoach.errors import UsageError
from cuecoach.rules import RuleEngine
from cuecoach.rules.engine import _Row, _unasked  # pyright: ignore[reportPrivateUsage]
from cuecoach.rules.expression import Expression, compile_expression

T = TypeVar("T")

#: First bytes of every saved run; another number when an older state could be misread.
_HEAD: Final = b"cuecoach run 2\n"
#: Whose classes may be in it.
_ROOMS: Final = ("coach", "coaching", "rules", "signals", "gait", "config", "events", "mounts", "metrics")
#: Functions and classes of others that data is made with.
_OTHERS: Final = frozenset(
    {
        ("builtins", "complex"),
        ("builtins", "frozenset"),
        ("builtins", "object"),
        ("builtins", "set"),
        ("collections", "OrderedDict"),
        ("collections", "deque"),
        ("copyreg", "__newobj__"),
        ("copyreg", "_reconstructor"),
        ("datetime", "date"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"),
        ("numpy.random._pcg64", "PCG64"),
        ("numpy.random._pickle", "__bit_generator_ctor"),
        ("numpy.random._pickle", "__generator_ctor"),
        ("numpy.random.bit_generator", "SeedSequence"),
        ("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"),
    }
)
#: Methods that objects hold of each other.
_METHODS: Final = frozenset({"_why", "_time", "origin"})


def save(coach: object) -> bytes:
    """Return the whole state of a coach."""
    out = io.BytesIO()
    out.write(_HEAD)
    _Pickler(out, protocol=5).dump(coach)
    return out.getvalue()


def load(data: bytes, kind: type[T]) -> T:
    """Return what was saved.

    Raises
    ------
    UsageError
        When the data is of another version, damaged, or holds anything else than a `kind`.
    """
    if not data.startswith(_HEAD):
        raise UsageError("this is no saved run of this version of cuecoach; begin the run anew")
    try:
        found = _Unpickler(io.BytesIO(data[len(_HEAD) :])).load()
    except UsageError:
        raise
    except Exception as error:  # damaged bytes may raise anything at all
        raise UsageError(f"this saved run is damaged ({type(error).__name__}); begin the run anew") from error
    if not isinstance(found, kind):
        raise UsageError("this saved run holds no coach; begin the run anew")
    return found


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        # What follows from the text or from what is near it is made again, not written.
        match obj:
            case Expression():
                return compile_expression, (obj.text,)
            case _Row():
                return _row, (obj.state, obj.gate, obj.moves)
            case RuleEngine():
                state = {**obj.__dict__, "_asking": None, "_gate_asks": []}
                return copyreg.__newobj__, (RuleEngine,), state  # type: ignore[attr-defined]
            case MappingProxyType():
                return _proxy, (dict(cast("Mapping[Any, Any]", obj)),)
            case VQF():
                return _filter, (dict(obj.params), dict(obj.coeffs), dict(obj.state))
            case MethodType() if obj.__name__ in _METHODS:
                return _method, (obj.__self__, obj.__name__)
            case _:
                return NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if (module_name, global_name) in _OTHERS:
            return getattr(import_module(module_name), global_name)
        if module_name == __name__ and global_name in _OWN:
            return _OWN[global_name]
        package, _, rest = module_name.partition(".")
        if package == "cuecoach" and rest.partition(".")[0] in _ROOMS:
            found = getattr(import_module(module_name), global_name, None)
            if isinstance(found, type) or found is compile_expression:
                return found
        raise UsageError(f"this saved run holds `{module_name}.{global_name}`, which is no part of a coach")


def _row(state: Any, gate: int, moves: bool) -> _Row:
    """Make a rule's row; what it asks is bound at the next tick."""
    return _Row(state, gate, moves, _unasked, None)


def _proxy(data: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(data)


def _filter(params: Mapping[str, Any], coeffs: Mapping[str, Any], state: Mapping[str, Any]) -> VQF:
    made = VQF(coeffs["gyrTs"], **params)
    made.state = cast("Any", dict(state))
    return made


def _method(owner: Any, name: str) -> Any:
    if name not in _METHODS or not type(owner).__module__.startswith("cuecoach."):
        raise UsageError(f"this saved run holds the method `{name}`, which is no part of a coach")
    return getattr(owner, name)


_OWN: Final[Mapping[str, Callable[..., Any]]] = {f.__name__: f for f in (_row, _proxy, _filter, _method)}
