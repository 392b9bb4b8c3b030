"""What an invitation says (RFC 5545, iTIP): a few lines for people whose mail holds nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_CALENDAR = 100_000

_LINE = re.compile(r"([A-Za-z-]{1,40})((?:;(?:\"[^\"]*\"|[^\":])*+)?):(.*)")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ZONE = re.compile(r";TZID=\"?([^\";:]{1,80})", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_METHODS = {"REQUEST": "Invitation", "CANCEL": "Cancelled", "REPLY": "Answer to an invitation", "COUNTER": "Proposal"}


def invitation_text(calendar: str) -> str:
    """Return the first event of a calendar in words, or nothing where there is none."""
    fields = _event(calendar[:MAX_CALENDAR])
    return "\n".join(line for line in _lines(fields) if line) if fields.get("SUMMARY") else ""


def _lines(fields: dict[str, str]) -> Iterator[str]:
    method = _METHODS.get(fields.get("METHOD", "").strip().upper(), "Event")
    yield f"{method}: {fields['SUMMARY']}"
    if start := fields.get("DTSTART"):
        end = fields.get("DTEND")
        yield f"When: {start}{f' to {end}' if end else ''}"
    if place := fields.get("LOCATION"):
        yield f"Where: {place}"
    if words := fields.get("DESCRIPTION"):
        yield f"\n{words}"


def _event(calendar: str) -> dict[str, str]:
    """Return the fields of the first event, each once, and the calendar's method; alarms within it are passed over."""
    fields: dict[str, str] = {}
    within: list[str] = []
    for line in _unfolded(calendar):
        found = _LINE.match(line)
        if found is None:
            continue
        name, value = found[1].upper(), found[3]
        if name == "BEGIN":
            within.append(value.strip().upper())
        elif name == "END":
            if within and within.pop() == "VEVENT":
                break
        elif name == "METHOD" or within[-1:] == ["VEVENT"]:
            fields.setdefault(name, _value(name, found[2], value))
    return fields


def _unfolded(calendar: str) -> Iterator[str]:
    return iter(re.sub(r"\r?\n[ \t]", "", calendar).splitlines())


def _value(name: str, parameters: str, value: str) -> str:
    moment = _MOMENT.match(value) if name in {"DTSTART", "DTEND"} else None
    if moment is None:
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
    year, month, day, hour, minute, is_utc = moment.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = _ZONE.search(parameters)
    return f"{year}-{month}-{day} {hour}:{minute}" + (" UTC" if is_utc else f" ({zone[1]})" if zone else "")
