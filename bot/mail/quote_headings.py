"""Where a quoted mail begins: `On … wrote:`, `From: … Sent: …`, `-----Original Message-----`, in many languages.

Every pattern is held against a few short lines at a time, so that no text can make it run long; and no wording counts
alone: a heading must also tell an address, a year or a time of day, or stand directly above lines marked with `>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.mail.quote_words import FIELDS, FORWARDS, SEPARATORS, VERBS

# A heading is short; longer lines are somebody's words.
LONGEST = 400
_LONGEST_ATTRIBUTION = 300
_ATTRIBUTION_LINES = 6
_FIELD_LINES = 16
# `Ada Admin wrote:`; more words without a date are a sentence.
_FEW_WORDS = 6
_SHORT_LINE = 40

# Gmail writes the time with a narrow space; Outlook and Apple Mail set marks of direction around names.
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2000\u2002\u2003\u2007\u2009\u202f\u3000", " ")
                        | dict.fromkeys("\u200b\u200e\u200f\u202a\u202c\u2060\ufeff"))  # fmt: skip


def _any_of(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first) + ")"


_ROLES = {name: role for role, names in FIELDS.items() for name in names}
_FIELD = re.compile(rf"^[\s*_]*({_any_of(_ROLES)})[\s*_]*[:：][\s*_]*(.*)$", re.IGNORECASE)
_ROW = r"[-_=*‐–—─]"
_SEPARATOR = re.compile(rf"^[\s*]*{_ROW}{{2,}}\s*{_any_of(SEPARATORS)}\b[^\n]{{0,80}}$", re.IGNORECASE)
_FORWARD = re.compile(rf"^\s*{_any_of(FORWARDS)}\s*[:：]?\s*$", re.IGNORECASE)
_VERB = re.compile(rf"(?<![^\W\d_]){_any_of(VERBS)}(?![^\W_])|写道|寫道|のメール|님이", re.IGNORECASE)
_ROWED = re.compile(rf"^{_ROW}{{2,20}}\s?(?!{_ROW})\S.{{0,200}}{_any_of(VERBS)}\s*{_ROW}{{2,}}$", re.IGNORECASE)
# `<ada@desk.test>`, `(ada@desk.test)`, `[mailto:ada@desk.test]`, and what they become when a program unfolds HTML.
_ADDRESS = re.compile(r"[^\s<>()\[\]:,;\"]{1,100}@[^\s<>()\[\]:,;\"]{2,100}")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\d{1,2}[時时시点]")
_YEAR = re.compile(r"\b(?:19|20)\d\d(?!\d)|\b\d{1,2}[./-]\d{1,2}[./-]\d\d\b|\d{4}[年년]")
# An address in brackets at the end, below a date: Gmail's form in languages where it writes no verb.
_LAST_ADDRESS = re.compile(r"[<(\[][^<>()\[\]\s@]{1,100}@[^<>()\[\]\s]{1,100}[>)\]][^<>]{0,60}$")
# Begins like a heading: a weekday or a date after at most a few short words (`Am`, `Il giorno`, `W dniu`).
_BEGINS = re.compile(r"^(?:-{2,}\s*)?(?:[^\W\d]{1,10}[.,]*\s+){0,4}[^\W\d]{0,12}[.,]*\s?\d")
_GLUED = re.compile(
    rf"(?:{_ROW}{{2,}}\s*|\s)(?:on|am|le|el|il|op|em|den|dnia|w dniu)\s(?:[^\W\d]{{2,10}}[.,]*\s){{0,2}}\d[^<>]{{0,40}}"
    rf".{{0,160}}{_any_of(VERBS)}\s?[:：]$",
    re.IGNORECASE,
)


def readable(line: str) -> str:
    """Return a line as the patterns want it: ordinary spaces, no invisible marks, cut short."""
    return line[:LONGEST].translate(_SPACES).strip()


def is_marked(line: str) -> bool:
    """Tell whether a line bears the mark of quoted text; `>>> look here <<<` is an ornament."""
    stripped = line.lstrip()
    return stripped.startswith(">") and not (stripped.startswith(">>") and stripped.rstrip().endswith("<<"))


def marked_next(lines: Sequence[str], start: int) -> bool:
    """Tell whether the next line with words, near by, is a quoted one."""
    following = next((line for line in lines[start : start + 4] if line.strip()), "")
    return is_marked(following)


def heading_length(lines: Sequence[str], start: int) -> int:
    """Return how many lines the heading of a quoted mail takes here; 0 where none begins."""
    first = readable(lines[start])
    if not first or len(lines[start]) > LONGEST or is_marked(first):
        return 0
    if _SEPARATOR.match(first) or _FORWARD.match(first):
        return 1
    return _fields_length(lines, start) or _attribution_length(lines, start, first)


def glued_heading(lines: Sequence[str], at: int) -> int:
    """Return where the sender's own words end in a line that goes on with `On … wrote:`; 0 where none does."""
    line = lines[at].rstrip()
    if len(line) > LONGEST or not line.endswith((":", "：")) or not marked_next(lines, at + 1):
        return 0
    found = _GLUED.search(line.replace("\u00a0", " ").replace("\u202f", " "))
    return found.start() if found and line[: found.start()].strip() else 0


def _fields_length(lines: Sequence[str], start: int) -> int:
    """Recognise the fields of a quoted header: three kinds with some evidence, or two of which one is a whole date.

    A field may go on for two lines, as long subjects and addresses do.
    """
    roles: set[str] = set()
    values: list[str] = []
    length = since = 0
    for offset, line in enumerate(map(readable, lines[start : start + _FIELD_LINES])):
        field = _FIELD.match(line)
        if field:
            roles.add(_ROLES[" ".join(field[1].lower().split())])
            length, since = offset + 1, 0
        else:
            since += 1
        if not roles or since > 2 or (not line and len(roles) > 1 and since > 1):
            break
        values.append(line)
    return length if _is_header(roles, " ".join(values)) else 0


def _is_header(roles: set[str], text: str) -> bool:
    has_address, has_year, has_time = (bool(pattern.search(text)) for pattern in (_ADDRESS, _YEAR, _TIME))
    if len(roles & {"from", "date", "to", "subject"}) >= 3:
        return has_address or has_year or has_time
    return "date" in roles and bool(roles & {"from", "to"}) and has_address and has_year and has_time


def _attribution_length(lines: Sequence[str], start: int, first: str) -> int:
    """Recognise `On … wrote:`, also where a program broke it over several lines."""
    joined = ""
    for length, line in enumerate(map(readable, lines[start : start + _longest_attribution(first)]), start=1):
        if is_marked(line) and not (joined and _ends_with_verb(line)):
            return 0
        joined = re.sub(r"(?<=[<(]) ", "", f"{joined} {line}".strip())
        if len(joined) > _LONGEST_ATTRIBUTION or (not line and not _has_moment(first)):
            return 0
        is_quoted = marked_next(lines, start + length)
        if _ROWED.match(joined) or _is_attribution(
            joined, is_quoted=is_quoted, stands_alone=start == 0 or not lines[start - 1].strip()
        ):
            return length
        if joined.endswith((":", "：")):
            return 0
    return 0


def _longest_attribution(first: str) -> int:
    """Return how many lines to look at: more than one if this one begins with a date or names an address."""
    if _ADDRESS.search(first) or (_BEGINS.match(first) and (_YEAR.search(first) or _TIME.search(first))):
        return _ATTRIBUTION_LINES
    # `Am 4. Februar` may be broken before the year.
    return 3 if _BEGINS.match(first) and len(first) <= _SHORT_LINE else 1


def _has_moment(line: str) -> bool:
    return bool(_YEAR.search(line) and _TIME.search(line))


def _ends_with_verb(line: str) -> bool:
    return line.endswith((":", "：")) and len(line) < 40 and _VERB.search(line) is not None


def _is_attribution(line: str, *, is_quoted: bool, stands_alone: bool) -> bool:
    has_address, has_time = _ADDRESS.search(line) is not None, _TIME.search(line) is not None
    is_dated = _YEAR.search(line) is not None
    if not line.endswith((":", "：")):
        # Gmail once wrote `2011/4/7 Ada <ada@desk.test>`, and nothing else.
        return is_quoted and is_dated and has_address and line.endswith(">") and line[0].isdigit()
    last = _LAST_ADDRESS.search(line)
    if last and re.search(r"\d", line[: last.start()]):
        return is_dated or has_time
    if _VERB.search(line) is None:
        return is_quoted and is_dated and has_time and _BEGINS.match(line) is not None
    if is_quoted:
        return is_dated or has_time or has_address or len(line.split()) <= _FEW_WORDS
    if has_address:
        return is_dated or has_time
    return is_dated and stands_alone and _BEGINS.match(line) is not None
