"""Where the bytes of mails are kept: small ones in their rows, large ones in files beside the database."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from bot.mail.models import RawMail

# Of compressed bytes; a larger mail is a file. What people write stays far below, what they attach does not.
LARGEST_ROW = 1_000_000
# Of a mail's own bytes: what is larger is fetched piece by piece.
LARGEST_PIECE = 2_000_000
_LEVEL = 3
_READ_BYTES = 1_000_000
_BEGINNING = 65_536
_ENDING = ".eml.zz"
_FOLDER_OF_POSTGRESQL = "case_management_mail"


class MailGone(Exception):
    """The file of a mail that was kept is missing or not what was kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail's bytes, safe on disk or about to be safe with their row: `content` is empty where they are a file."""

    size: int
    sha256: str
    content: bytes


class Archive:
    """Keeps and hands back the bytes of mails.

    A file is written, synced and named by its content before any row tells of it: a crash in between leaves a file
    that nobody needs, never a row without its mail. The same bytes twice are one file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, raw: bytes) -> Kept:
        """Keep a mail that is in memory already."""
        return self.keep_pieces([raw])

    def keep_pieces(self, pieces: Iterable[bytes]) -> Kept:
        """Keep a mail that comes piece by piece, with no more than a piece and LARGEST_ROW in memory."""
        compressor, digest, size = zlib.compressobj(_LEVEL), hashlib.sha256(), 0
        with _Draft(self._folder) as draft:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                draft.write(compressor.compress(piece))
            draft.write(compressor.flush())
            sha256 = digest.hexdigest()
            return Kept(size, sha256, draft.settle(self._path(sha256)))

    def read(self, mail: RawMail) -> bytes:
        """Return a kept mail as the server handed it over; raises MailGone where its file is lost."""
        if mail.content:
            return zlib.decompress(mail.content)
        # It hands out its own buffer; a bytearray would have to be copied.
        raw = io.BytesIO()
        for piece in _unpacked(mail.sha256, self.packed(mail.sha256)):
            raw.write(piece)
        return raw.getvalue()

    def beginning(self, mail: RawMail) -> bytes:
        """Return the first bytes of a kept mail, its header among them; nothing where its file is lost."""
        try:
            packed = mail.content or next(self.packed(mail.sha256), b"")
        except MailGone:
            return b""
        return zlib.decompressobj().decompress(packed, _BEGINNING)

    def packed(self, sha256: str) -> Iterator[bytes]:
        """Yield a large mail's file as it lies there, compressed, piece by piece; raises MailGone where it is lost."""
        path = self._path(sha256)
        try:
            with path.open("rb") as file:
                while piece := file.read(_READ_BYTES):
                    yield piece
        except OSError as error:
            raise MailGone(f"its file can't be read: {path} ({error})") from error

    def take_over(self, sha256: str, packed: Iterable[bytes]) -> None:
        """Keep a file that another archive packed; raises MailGone where its content is not what its name says."""
        with _Draft(self._folder) as draft:
            draft.begin_file()
            for _piece in _unpacked(sha256, draft.passing(packed)):
                pass
            draft.settle(self._path(sha256))

    def names(self) -> list[str]:
        """Return the SHA-256 of every mail that is kept in a file."""
        return sorted(path.name.removesuffix(_ENDING) for path in self._folder.glob(f"??/*{_ENDING}"))

    def has(self, sha256: str) -> bool:
        """Whether there is a file of this mail."""
        return self._path(sha256).is_file()

    def discard(self, sha256: str) -> None:
        """Remove a large mail's file, if there is one."""
        self._path(sha256).unlink(missing_ok=True)

    def touched_at(self, sha256: str) -> float | None:
        """Return when a large mail's file was written last, in seconds of the epoch; None where there is none."""
        try:
            return self._path(sha256).stat().st_mtime
        except FileNotFoundError:
            return None

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}{_ENDING}"


def archive_of(database: URL) -> Archive:
    """Return the archive of a database."""
    return Archive(folder_beside(database))


def folder_beside(database: URL) -> Path:
    """Return where its files lie: a folder beside SQLite's file, or, for a server, in the working directory."""
    if database.get_backend_name() == "sqlite" and database.database:
        file = Path(database.database)
        return file.with_name(f"{file.stem}_mail")
    return Path(_FOLDER_OF_POSTGRESQL)


def _unpacked(sha256: str, packed: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a mail's own bytes; raises MailGone, at the latest at its end, where they are not what was kept."""
    decompressor, digest = zlib.decompressobj(), hashlib.sha256()
    try:
        for compressed in packed:
            piece = decompressor.decompress(compressed)
            digest.update(piece)
            yield piece
    except zlib.error as error:
        raise MailGone(f"its file is damaged: {sha256} ({error})") from error
    if digest.hexdigest() != sha256:
        raise MailGone(f"its file is damaged: {sha256}")


class _Draft:
    """Compressed bytes on their way: in memory while they fit into a row, from then on in a nameless file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._small = bytearray()
        self._path: Path | None = None
        self._file = -1

    def __enter__(self) -> _Draft:
        return self

    def __exit__(self, *_failure: object) -> None:
        if self._file >= 0:
            os.close(self._file)
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def write(self, compressed: bytes) -> None:
        if self._file < 0 and len(self._small) + len(compressed) <= LARGEST_ROW:
            self._small += compressed
            return
        if self._file < 0:
            self.begin_file()
        _write_all(self._file, compressed)

    def passing(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Write each piece and hand it on."""
        for piece in pieces:
            self.write(piece)
            yield piece

    def settle(self, path: Path) -> bytes:
        """Return what belongs into the row: the bytes, or nothing once the file of this name is safe on disk."""
        if self._file < 0 or self._path is None:
            return bytes(self._small)
        os.fsync(self._file)
        _make_folder(path.parent)
        self._path.replace(path)
        self._path = None
        sync(path.parent)
        return b""

    def begin_file(self) -> None:
        """Write to a file from now on."""
        _make_folder(self._folder)
        self._file, name = tempfile.mkstemp(dir=self._folder, prefix="draft-")
        self._path = Path(name)
        _write_all(self._file, bytes(self._small))
        self._small.clear()


def _write_all(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]


def _make_folder(folder: Path) -> None:
    """Make a folder that only we can read, and have its name safe on disk."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync(folder.parent)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, safe on disk; Windows lets nobody ask for that."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
