"""Files of the workspace: what was uploaded, how Slack describes it, and the uploads under way."""

import mimetypes
import secrets
from dataclasses import dataclass, field

from bot.sandbox.people import TEAM_ID
from bot.sandbox.shapes import Json, SlackError

PRETTY = {"txt": "Plain Text", "pdf": "PDF", "png": "PNG", "jpg": "JPEG", "gif": "GIF", "csv": "CSV", "zip": "Zip"}
UNKNOWN = "application/octet-stream"


@dataclass
class StoredFile:
    """One file; `places` are the ids of the channels it was shared in, with the ts of each share."""

    id: str
    name: str
    user: str
    created: int
    title: str = ""
    content: bytes = b""
    alt_text: str = ""
    places: dict[str, list[str]] = field(default_factory=dict)

    @property
    def mimetype(self) -> str:
        """What the name says it is."""
        return mimetypes.guess_type(self.name)[0] or UNKNOWN

    @property
    def path(self) -> str:
        """Where it is read, below the sandbox's address; the bot's token opens it."""
        return f"files-pri/{TEAM_ID}-{self.id}/{self.name.replace('/', '_')}"

    def shape(self, url: str) -> Json:
        """Return the file object of events, messages and files.info."""
        ending = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        kind = "text" if self.mimetype == "text/plain" else ending or "binary"
        address, permalink = url + self.path, f"{url}files/{self.user}/{self.id}/{self.name}"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": kind,
            "pretty_type": PRETTY.get(ending, ending.upper() or "Binary"),
            "user": self.user,
            "user_team": TEAM_ID,
            "editable": False,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": any(place.startswith("C") for place in self.places),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": address,
            "url_private_download": address.replace(f"{self.id}/", f"{self.id}/download/"),
            "permalink": permalink,
            "permalink_public": permalink,
            "has_rich_preview": False,
            "file_access": "visible",
            "media_display_type": "unknown",
        } | ({"alt_txt": self.alt_text} if self.alt_text else {})

    def described(self, url: str) -> Json:
        """Return the file object of files.info: where it was shared, too."""
        return self.shape(url) | {
            "channels": [place for place in self.places if place.startswith("C")],
            "groups": [],
            "ims": [place for place in self.places if place.startswith("D")],
            "shares": {"public": {place: [{"ts": ts} for ts in shared] for place, shared in self.places.items()}},
            "comments_count": 0,
            "is_starred": False,
        }


class FileShelf:
    """All files by id, and the uploads that wait for their content or their completion."""

    def __init__(self) -> None:
        self.stored: dict[str, StoredFile] = {}
        self._waiting: dict[str, StoredFile] = {}
        self._addresses: dict[str, str] = {}

    def add(self, file: StoredFile) -> StoredFile:
        """Keep a file that is complete."""
        self.stored[file.id] = file
        return file

    def begin(self, file: StoredFile) -> str:
        """Begin an upload; returns the key in its address."""
        key = secrets.token_urlsafe(24)
        self._waiting[file.id] = file
        self._addresses[key] = file.id
        return key

    def fill(self, key: str, content: bytes) -> StoredFile:
        """Take an upload's content; LookupError for an address that is unknown or used up."""
        file = self._waiting[self._addresses.pop(key)]
        file.content = content
        return file

    def complete(self, file_id: str) -> StoredFile:
        """End an upload, or refuse with file_not_found; one whose content never came is refused too."""
        file = self._waiting.get(file_id)
        if file is None or file_id in self._addresses.values():
            raise SlackError("file_not_found")
        return self.add(self._waiting.pop(file_id))

    def find(self, file_id: str) -> StoredFile:
        """Return a file or refuse with file_not_found."""
        if file_id not in self.stored:
            raise SlackError("file_not_found")
        return self.stored[file_id]
