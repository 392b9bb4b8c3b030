"""What the corpus expects, key by key, held against a reading; keys that are another library's inner view are unjudged.

Trimmers disagree about signatures by design. A reply holds if the text without quotes but with its signature lacks
none of the expected words, and the text without signature has none besides them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from bench.corpus_readers import Reading

Judge = Callable[[Reading, object], bool]


def _words(text: object) -> str:
    return " ".join(str(text).replace("\ufffc", " ").split())


def _bare(text: object) -> str:
    return re.sub(r"[\s>]+", "", str(text))


def _lines(text: object) -> list[str]:
    """Return the lines that have words; a rule of hyphens is nobody's words."""
    bare = [_bare(line) for line in str(text).splitlines()]
    return [line for line in bare if any(letter.isalnum() for letter in line)]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _mappings(value: object) -> list[dict[str, object]]:
    return [{str(key): item[key] for key in item} for item in _listed(value) if isinstance(item, dict)]


def _same_text(found: str, wanted: object) -> bool:
    return _words(found) == _words(wanted)


def _ids(found: Iterable[str], wanted: object) -> bool:
    return list(found) == [
        name for item in _listed(wanted) for name in str(item).replace("<", " ").replace(">", " ").split()
    ]


def _addresses(found: list[str], wanted: object) -> bool:
    return [address.lower() for address in found] == [str(address).lower() for address in _listed(wanted)]


def _has_reply(reading: Reading, wanted: object) -> bool:
    with_signature, expected = _bare(reading.signed), _bare(wanted)
    nothing_lost = all(line in with_signature for line in _lines(wanted))
    nothing_quoted = all(line in expected for line in _lines(reading.reply))
    return nothing_lost and nothing_quoted and bool(reading.reply.strip()) == bool(expected)


def _reply_contains(reading: Reading, wanted: object) -> bool:
    return all(_bare(part) in _bare(reading.signed) for part in _listed(wanted))


def _reply_excludes(reading: Reading, wanted: object) -> bool:
    return all(_bare(part) not in _bare(reading.reply) for part in _listed(wanted))


def _reply_matches(reading: Reading, wanted: object) -> bool:
    return all(re.search(str(pattern), reading.reply) for pattern in _listed(wanted))


def _dated(reading: Reading, wanted: object) -> bool:
    stated = datetime.fromisoformat(str(wanted).replace("Z", "+00:00"))
    stated = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
    return reading.date is not None and reading.date.astimezone(UTC) == stated.astimezone(UTC)


def _attached(reading: Reading, wanted: object) -> bool:
    names = [str(item.get("filename") or item.get("name") or "") for item in _mappings(wanted)]
    names += [item for item in _listed(wanted) if isinstance(item, str)]
    return all(name in reading.attachments for name in names)


def _failed(reading: Reading, wanted: object) -> bool:
    return {bounce[0] for bounce in reading.bounces} == {str(address).lower() for address in _listed(wanted)}


def _bounced(reading: Reading, wanted: object) -> bool:
    """Hold every bounce against one of ours: hard or soft, the recipient, and the status where it is a mail's own."""
    return all(
        any(_same_bounce(found, one) for found in reading.bounces) for one in _mappings(wanted) if "feedback" not in one
    )


def _same_bounce(found: tuple[str, str, bool], wanted: dict[str, object]) -> bool:
    recipient, status = str(wanted.get("recipient") or "").lower(), str(wanted.get("status") or "")
    invented = re.fullmatch(r"[45]\.0\.9\d\d", status) is not None
    return (
        recipient in {"", found[0]}
        and (not status or invented or status == found[1] or (status.endswith(".0.0") and status[0] == found[1][:1]))
        and wanted.get("hard") in {None, found[2]}
    )


def _authenticated(reading: Reading, wanted: object) -> bool:
    [field] = _mappings(wanted)
    server = field.get("authserv_id")
    if server is not None and server != reading.authserv_id:
        return False
    return all(any(_same_result(found, one) for found in reading.auth) for one in _mappings(field.get("results")))


def _same_result(found: tuple[str, str, dict[str, str]], wanted: dict[str, object]) -> bool:
    method, value, properties = found
    if (wanted.get("method"), wanted.get("result")) != (method, value):
        return False
    stated = {_bare_key(key): item.lower() for key, item in properties.items()}
    rest = {
        _bare_key(key): str(item).lower()
        for key, item in wanted.items()
        if key not in {"method", "result", "method_version"}
    }
    return all(stated.get(key) == item for key, item in rest.items())


def _bare_key(name: str) -> str:
    return name.removeprefix("properties.").replace(".", "_")


JUDGES: dict[str, Judge] = {
    "must_parse": lambda _reading, _wanted: True,
    "from_addr": lambda reading, wanted: reading.from_addr.lower() == str(wanted).lower(),
    "from_name": lambda reading, wanted: _same_text(reading.from_name, wanted),
    "to": lambda reading, wanted: _addresses(reading.to, wanted),
    "to_addr": lambda reading, wanted: _addresses(reading.to[:1], wanted),
    "cc": lambda reading, wanted: _addresses(reading.cc, wanted),
    "subject": lambda reading, wanted: _same_text(reading.subject, wanted),
    "message_id": lambda reading, wanted: _ids([reading.message_id], wanted),
    "in_reply_to": lambda reading, wanted: _ids(reading.in_reply_to, wanted),
    "references": lambda reading, wanted: _ids(reading.references, wanted),
    "date": _dated,
    "text_body": lambda reading, wanted: _same_text(reading.text, wanted),
    "html_body": lambda reading, wanted: _same_text(reading.html, wanted),
    "body_contains": lambda reading, wanted: all(_words(part) in _words(reading.text) for part in _listed(wanted)),
    "body_excludes": lambda reading, wanted: all(_words(part) not in _words(reading.text) for part in _listed(wanted)),
    "attachments": _attached,
    "attachment_count": lambda reading, wanted: len(reading.attachments) == wanted,
    "reply_text": _has_reply,
    "reply_text_nospace": _has_reply,
    "reply_contains": _reply_contains,
    "reply_excludes": _reply_excludes,
    "reply_regex": _reply_matches,
    "quoted_text": lambda reading, wanted: not any(line in _bare(reading.reply) for line in _lines(wanted)),
    "is_auto_reply": lambda reading, wanted: reading.is_auto_reply == wanted,
    "is_bounce": lambda reading, wanted: reading.is_bounce == wanted,
    "is_feedback_report": lambda reading, wanted: reading.is_feedback_report == wanted,
    "failed_recipients": _failed,
    "bounce": _bounced,
    "auth": _authenticated,
}  # fmt: skip
REPLY = ("reply_text", "reply_text_nospace", "reply_contains", "reply_excludes", "reply_regex", "quoted_text")
