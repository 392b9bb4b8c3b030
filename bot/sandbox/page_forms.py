"""The page's forms as they arrive: fields, files, and what they mean to Block Kit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.datastructures import FormData, UploadFile

from bot.sandbox.postings import elements_of
from bot.sandbox.shapes import Json

MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody attached."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in; a name may have several values."""

    fields: Mapping[str, list[str]]
    files: tuple[Upload, ...] = field(default=())

    def one(self, name: str) -> str:
        """Return a field's only value, empty if it is not there."""
        return (self.fields.get(name) or [""])[0]

    def many(self, name: str) -> list[str]:
        """Return the values of a field that are not empty."""
        return [value for value in self.fields.get(name, []) if value]


async def read_form(given: FormData) -> Form:
    """Return a form with its files read. ValueError where they are too much for a mail."""
    fields: dict[str, list[str]] = {}
    files: list[Upload] = []
    for name, value in given.multi_items():
        if not isinstance(value, UploadFile):
            fields.setdefault(name, []).append(str(value))
        elif value.filename:
            kind = value.content_type or "application/octet-stream"
            files.append(Upload(value.filename, kind, await value.read()))
    if sum(len(file.content) for file in files) > MOST_BYTES:
        raise ValueError("attachments may have 10 MB in all")
    return Form(fields, tuple(files))


def value_of(kind: str, given: list[str]) -> object:
    """Return what was chosen in an element of this type as the workspace's gestures take it; None if nothing was."""
    if kind.startswith("multi_") or kind == "checkboxes":
        return given
    if not given:
        return None
    return _seconds(given[0]) if kind == "datetimepicker" else given[0]


def view_values(view: Json, form: Form) -> Json:
    """Return what was filled in, by block_id; an empty field is a field left empty."""
    values: Json = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        for element in elements_of(block):
            values[block["block_id"]] = value_of(element["type"], form.many(block["block_id"]))
    return values


def _seconds(local: str) -> int:
    """Return the Unix time of what a datetime-local field holds, taken as UTC."""
    return int(datetime.fromisoformat(local).replace(tzinfo=UTC).timestamp())
