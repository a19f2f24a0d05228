"""Which column of a file is which field (列与字段的对应): by id, names and aliases, however they are spaced or typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from shuzhi.data.catalog.types import DataSetDeclaration, FieldDeclaration
from shuzhi.data.sources.errors import ColumnsAmbiguous, ColumnsMissing
from shuzhi.data.sources.types import Mode, Notice
from shuzhi.foundation.words import Words


@dataclass(frozen=True)
class BoundField:
    """A field, and where the file has it; a field the file lacks is bound to nothing."""

    field: FieldDeclaration
    position: int | None
    column: str | None
    required: bool


@dataclass(frozen=True)
class Binding:
    """All fields of a batch with their places, and how the file drifts from the declared schema."""

    fields: tuple[BoundField, ...]
    width: int
    notices: tuple[Notice, ...]


def bind(columns: Sequence[str], declared: DataSetDeclaration, mode: Mode) -> Binding:
    """Bind the header of a file to the data set's fields.

    A deletion needs the key alone, and takes nothing else; a data set without a key is deleted by whole rows.

    Raises:
        ColumnsMissing: a required field has no column.
        ColumnsAmbiguous: a field has several.
    """
    wanted = _wanted(declared, mode)
    places = _places(columns, declared)
    bound = tuple(_bound(field, places.get(field.id, []), columns, declared, mode) for field in wanted)
    missing = [item.field for item in bound if item.position is None]
    if lacking := [field for field in missing if _is_required(field, declared, mode)]:
        raise ColumnsMissing(
            columns="、".join(f"{field.name.zh}（{field.id}）" for field in lacking), found="、".join(columns)
        )
    taken = {place for found in places.values() for place in found}
    extra = [name for place, name in enumerate(columns) if place not in taken]
    notices = (*_about_missing(missing), *_about_extra(extra))
    return Binding(fields=bound, width=len(columns), notices=notices)


def normal(text: str) -> str:
    """A header text in the form that headers are compared in: half-width, no spaces, one case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold().replace("\ufeff", "")


def _wanted(declared: DataSetDeclaration, mode: Mode) -> tuple[FieldDeclaration, ...]:
    if mode is Mode.DELETE and declared.key:
        return tuple(field for field in declared.fields if field.id in declared.key)
    return declared.fields


def _places(columns: Sequence[str], declared: DataSetDeclaration) -> dict[str, list[int]]:
    names: dict[str, str] = {}
    # An id outranks a name, a name an alias, so that one field's alias never takes another field's column.
    for rank in (lambda f: (f.id,), lambda f: (f.name.zh, f.name.en), lambda f: f.aliases):
        for field in declared.fields:
            for name in rank(field):
                names.setdefault(normal(name), field.id)
    places: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        if (found := names.get(normal(column))) is not None:
            places.setdefault(found, []).append(place)
    return places


def _bound(
    field: FieldDeclaration, places: list[int], columns: Sequence[str], declared: DataSetDeclaration, mode: Mode
) -> BoundField:
    if len(places) > 1:
        raise ColumnsAmbiguous(field=field.id, columns="、".join(columns[place] for place in places))
    place = places[0] if places else None
    column = columns[place] if place is not None else None
    return BoundField(field, place, column, required=_is_required(field, declared, mode))


def _is_required(field: FieldDeclaration, declared: DataSetDeclaration, mode: Mode) -> bool:
    if mode is Mode.DELETE:
        return field.id in declared.key
    return field.required or field.id in declared.key


def _about_missing(fields: Sequence[FieldDeclaration]) -> tuple[Notice, ...]:
    return tuple(
        Notice(
            "column_missing",
            Words(
                zh=f"文件没有“{field.name.zh}”列，该字段按空值处理。",
                en=f"The file has no column “{field.name.en}”; the field stays empty.",
            ),
            {"field": field.id},
        )
        for field in fields
    )


def _about_extra(columns: Sequence[str]) -> tuple[Notice, ...]:
    return tuple(
        Notice(
            "column_unknown",
            Words(
                zh=f"数据集没有声明“{name}”列，该列未归集。",
                en=f"The data set declares no column “{name}”; it was not collected.",
            ),
            {"column": name},
        )
        for name in columns
    )
