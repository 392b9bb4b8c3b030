"""What a server answers to FETCH: read at once where it has its usual form, else by the library, letter by letter."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Sequence

from imapclient import IMAPClient
from imapclient.datetime_util import parse_to_datetime
from imapclient.response_parser import parse_fetch_response

Answer = dict[int, dict[bytes, object]]
# What imaplib hands over of each mail: what stands before a literal with the literal, then what stands behind it.
Said = Sequence[bytes | tuple[bytes, bytes] | None]

_BODY = rb"(BODY\[[A-Z0-9. ()]*\](?:<\d+>)?) \{\d+\}"
_FIRST = re.compile(rb"\d+ \(UID (\d+) " + _BODY)
_FURTHER = re.compile(b" " + _BODY)
_LISTED = re.compile(rb'\d+ \(UID (\d+) RFC822\.SIZE (\d+) INTERNALDATE "([^"]{20,40})"\)')


def fetch(client: IMAPClient, uids: Sequence[int], items: Sequence[str]) -> Answer:
    """Fetch these items of mails by UID; what vanished is left out.

    Raises imaplib's errors, and whatever the library raises for an answer that it can't read.
    """
    if not uids:
        return {}
    kind, said = client._imap.uid("FETCH", ",".join(map(str, uids)), f"({' '.join(items)})")
    if kind != "OK":
        raise imaplib.IMAP4.error(f"fetch failed: {said[0].decode('utf-8', 'replace')}")
    found = read(said, normalise_times=client.normalise_times)
    return {uid: found[uid] for uid in uids if uid in found}


def read(said: Said, *, normalise_times: bool) -> Answer:
    """Return the items of each UID, whatever else the server says meanwhile."""
    usual = _usual(said, normalise_times=normalise_times)
    if usual is not None:
        return usual
    parsed: Answer = parse_fetch_response(list(said), normalise_times)
    return parsed


def _usual(said: Said, *, normalise_times: bool) -> Answer | None:
    """Return what was said, or None where anything of it is unusual."""
    found: Answer = {}
    items: dict[bytes, object] | None = None
    for piece in said:
        if isinstance(piece, tuple):
            begun = None if items is not None else _FIRST.fullmatch(piece[0])
            further = _FURTHER.fullmatch(piece[0]) if items is not None else None
            if begun:
                items = found.setdefault(int(begun[1]), {})
                items[begun[2]] = piece[1]
            elif further and items is not None:
                items[further[1]] = piece[1]
            else:
                return None
        elif items is not None and piece == b")":
            items = None
        elif items is None and piece and (listed := _LISTED.fullmatch(piece)):
            try:
                arrival = parse_to_datetime(listed[3], normalise_times)
            except ValueError:
                return None  # the form of a date, and no day of any calendar
            found[int(listed[1])] = {b"RFC822.SIZE": int(listed[2]), b"INTERNALDATE": arrival}
        else:
            return None
    return found if items is None else None
