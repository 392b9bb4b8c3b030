"""The page's forms as they arrive: fields, files, and what they mean to Block Kit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.datastructures import FormData, UploadFile

from bot.sandbox.postings import elements_of
from bot.sandbox.shapes import Json

MOST_BYTES = 10_000_000
FIELD = "field:"
"""What the names of fields in views begin with, before the block_id, so that none takes another's place."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody attached."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in; a name may have several values, and several files."""

    fields: Mapping[str, list[str]]
    uploads: Mapping[str, list[Upload]] = field(default_factory=dict)

    @property
    def files(self) -> list[Upload]:
        """Every file of the form."""
        return [file for files in self.uploads.values() for file in files]

    def one(self, name: str) -> str:
        """Return a field's only value, empty if it is not there."""
        return (self.fields.get(name) or [""])[0]

    def many(self, name: str) -> list[str]:
        """Return the values of a field that are not empty."""
        return [value for value in self.fields.get(name, []) if value]


async def read_form(given: FormData) -> Form:
    """Return a form with its files read. ValueError where they are too much."""
    fields: dict[str, list[str]] = {}
    uploads: dict[str, list[Upload]] = {}
    for name, value in given.multi_items():
        if not isinstance(value, UploadFile):
            fields.setdefault(name, []).append(str(value).replace("\r\n", "\n"))  # multipart makes them so
        elif value.filename:
            kind = value.content_type or "application/octet-stream"
            uploads.setdefault(name, []).append(Upload(value.filename, kind, await value.read()))
    form = Form(fields, uploads)
    if sum(len(file.content) for file in form.files) > MOST_BYTES:
        raise ValueError("files may have 10 MB in all")
    return form


def value_of(kind: str, given: list[str]) -> object:
    """Return what was chosen in an element of this type as the workspace's gestures take it; None if nothing was."""
    if kind.startswith("multi_") or kind == "checkboxes":
        return given
    if not given:
        return None
    return _seconds(given[0]) if kind == "datetimepicker" else given[0]


def view_values(view: Json, form: Form) -> Json:
    """Return what was filled in, by block_id: an empty field is a field left empty.

    What the form does not have is left as it stood, and so is a file_input without new files.
    """
    values: Json = {}
    for block in view["blocks"]:
        name = FIELD + block["block_id"]
        for element in elements_of(block) if block["type"] == "input" else ():
            if element["type"] != "file_input" and name in form.fields:
                values[block["block_id"]] = value_of(element["type"], form.many(name))
            elif name in form.uploads:
                values[block["block_id"]] = [(file.name, file.content) for file in form.uploads[name]]
    return values


def _seconds(local: str) -> int:
    """Return the Unix time of what a datetime-local field holds, taken as UTC."""
    return int(datetime.fromisoformat(local).replace(tzinfo=UTC).timestamp())
