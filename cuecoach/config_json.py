"""A run's config as plain JSON and back, to the last bit: what is kept beside a run, and never written by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import GenericAlias, UnionType
from typing import Annotated, Any, Final, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.fields import FieldInfo

from cuecoach.config import RunConfig
from cuecoach.errors import StoreError

_LENIENT: Final = ConfigDict(extra="ignore", frozen=True, protected_namespaces=())


def config_to_json(config: RunConfig) -> dict[str, object]:
    """Return a config as plain JSON: every setting by its name in the program, quantities in base units."""
    return config.model_dump(mode="json", by_alias=False)


def config_from_json(data: object) -> RunConfig:
    """Return the config that :func:`config_to_json` gave.

    A setting that is not there takes its default; one that is not known is passed over. Only types are checked: the numbers
    went through the config's own checks when the run began.

    Raises
    ------
    StoreError
        A value is not what it should be.
    """
    try:
        plain = _twin(RunConfig).model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise StoreError(
            f"the config kept with a run cannot be read at `{where}`: the file of runs is damaged"
        ) from None
    return cast("RunConfig", _real(plain))


# ---------------------------------------------------------------- twins
# The models people's files are checked by want units and read `raise` where the program says `raise_`. Each has a twin with
# the same fields and types, without the checks; what the twin has read is put into the model as it is.
_MODELS: Final[dict[type[BaseModel], type[BaseModel]]] = {}


@cache
def _twin(model: type[BaseModel]) -> type[BaseModel]:
    wanted = {name: (_bare(info.annotation), _unchecked(info)) for name, info in model.model_fields.items()}
    twin = create_model(model.__name__, __config__=_LENIENT, **wanted)  # pyright: ignore[reportCallIssue, reportArgumentType]
    _MODELS[twin] = model
    return twin


def _unchecked(info: FieldInfo) -> FieldInfo:
    """Return a field of nothing but the same default."""
    if info.default_factory is not None:
        return FieldInfo(default_factory=info.default_factory)
    return FieldInfo(default=info.default)


def _bare(annotation: object) -> object:
    """Return a type without what is checked beyond it, and with twins for models."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _twin(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bare(arguments[0])
    if origin in (Union, UnionType):
        return Union[tuple(_bare(a) for a in arguments)]  # noqa: UP007  # pyright: ignore[reportInvalidTypeForm]
    if origin in (tuple, list, dict, Mapping):
        return GenericAlias(origin, tuple(_bare(a) for a in arguments))
    return annotation


def _real(value: object) -> object:
    """Return what a twin has read as the model it is the twin of."""
    if isinstance(value, BaseModel) and (model := _MODELS.get(type(value))):
        fields: dict[str, Any] = {name: _real(getattr(value, name)) for name in type(value).model_fields}
        return model.model_construct(**fields)
    if isinstance(value, tuple | list):
        several = cast("Sequence[object]", value)
        return type(several)(_real(one) for one in several)  # pyright: ignore[reportCallIssue]
    if isinstance(value, Mapping):
        return {key: _real(one) for key, one in cast("Mapping[object, object]", value).items()}
    return value
