"""Finding cases by words: one question for both databases, whose work does not grow with the desk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Boolean, bindparam, func, literal, union_all
from sqlalchemy import select as columns
from sqlmodel import Session

from bot.cases.excerpts import Excerpt, excerpt
from bot.cases.inbound import Author
from bot.cases.models import Case, Message
from bot.cases.search_index import hidden
from bot.cases.search_words import FIRST, Found, Place, Seeker
from bot.cases.sheets import CASES, made
from bot.cases.wording import Asked, asked
from bot.gathered import table_of
from bot.statements import Prepared

_MESSAGES_LOOKED_AT = 20
_LONGEST_BODY = 20_000
_MESSAGE = table_of(Message).c
_TOLD = (_MESSAGE.timestamp, _MESSAGE.subject, func.substr(_MESSAGE.body, 1, _LONGEST_BODY).label("body"))
_PLACE = re.compile(r"(open|closed):([0-9]{1,19})")


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found. `at` and `excerpt` are of the message that shows why, a note if `internal`."""

    case: Case
    at: datetime
    excerpt: Excerpt = ()
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Hits in their order; `after` is what to ask for the next page with, empty on the last one."""

    hits: Sequence[Hit]
    after: str = ""


class _Said(NamedTuple):
    """A message that may show why its case was found."""

    entry: int
    at: datetime
    subject: str
    body: str


def search(session: Session, typed: str, viewer: Author, limit: int = 10, after: str = "") -> Page:
    """Return cases with words in which everything typed stands: open cases first, then those with the newest words.

    An admin finds every case, by its notes too; others find their own cases by what they can see of them. Cases named
    by their numbers lead, and all stand on the first page, also where they are more than `limit`. `after` is a page's
    `after`; no case comes twice, whatever is stored meanwhile.
    """
    wanted = asked(typed)
    named = [case for case in _cases(session, wanted.numbers) if _may_see(viewer, case)]
    named.sort(key=lambda case: case.created_at, reverse=True)
    found = [] if after else [Found(FIRST.id, case.case_id, is_open=True, internal=False) for case in named]
    known = {case.case_id for case in named}
    found += Seeker(session, wanted, viewer).find(_place(after), known, limit + 1)
    # A page ends behind the named cases, which have no place among the others, or with one of the others.
    shown = found[: limit if after else max(limit, len(named))]
    follows = _cursor(shown[-1]) if len(found) > len(shown) else ""
    return Page(_hits(session, wanted, shown), follows)


def _may_see(viewer: Author, case: Case) -> bool:
    return viewer.is_admin or case.customer_identifier == viewer.identity


def _hits(session: Session, wanted: Asked, found: Sequence[Found]) -> list[Hit]:
    cases = {case.case_id: case for case in _cases(session, [each.case_id for each in found])}
    said = _said(session, found)
    return [_hit(cases[each.case_id], each, said[at], wanted) for at, each in enumerate(found)]


def _hit(case: Case, found: Found, said: Sequence[_Said], wanted: Asked) -> Hit:
    """Show the message that holds most of the words, the newest of those that hold as many."""
    best, most = None, -1
    for message in said:
        met = wanted.met_in(message.subject, message.body)
        if met > most:
            best, most = message, met
        if most == wanted.things:
            break
    if best is None:
        return Hit(case, case.last_message_at)
    in_subject = best.subject and most > wanted.met_in(best.body)
    text = f"{best.subject}: {best.body}" if in_subject else best.body
    return Hit(case, best.at, excerpt(text, wanted), found.internal)


def _cases(session: Session, case_ids: Sequence[str]) -> list[Case]:
    """Return these cases, in no order."""
    if not case_ids:
        return []
    return [made(Case, row) for row in _named(len(case_ids)).rows(session, _numbered("case", case_ids))]


def _said(session: Session, found: Sequence[Found]) -> list[list[_Said]]:
    """Return the newest messages of each entry, in one statement."""
    said: list[list[_Said]] = [[] for _ in found]
    values = {
        **_numbered("case", [entry.case_id for entry in found]),
        **_numbered("id", [entry.id for entry in found]),
        **_numbered("internal", [entry.internal for entry in found]),
    }
    for row in _newest(len(found)).rows(session, values) if found else ():
        message = _Said._make(row)
        said[message.entry].append(message)
    return said


@cache
def _named(many: int) -> Prepared:
    return Prepared(columns(CASES).where(CASES.c.case_id.in_([bindparam(f"case_{at}") for at in range(many)])))


@cache
def _newest(many: int) -> Prepared:
    """Return the question for the newest messages of so many entries."""
    parts = [
        columns(literal(at).label("entry"), *_TOLD)
        .where(
            _MESSAGE.case_id == bindparam(f"case_{at}"),
            _MESSAGE.id <= bindparam(f"id_{at}"),
            hidden() == bindparam(f"internal_{at}", type_=Boolean()),
            _MESSAGE.deleted_at.is_(None),
        )
        .order_by(_MESSAGE.timestamp.desc(), _MESSAGE.id.desc())
        .limit(_MESSAGES_LOOKED_AT)
        .subquery()
        for at in range(many)
    ]
    return Prepared(union_all(*map(columns, parts)))


def _numbered(name: str, values: Iterable[object]) -> dict[str, object]:
    return {f"{name}_{at}": value for at, value in enumerate(values)}


def _cursor(last: Found) -> str:
    return f"{'open' if last.is_open else 'closed'}:{last.id}"


def _place(after: str) -> Place:
    read = _PLACE.fullmatch(after)
    return Place(read[1] == "open", min(int(read[2]), FIRST.id)) if read else FIRST
