"""App Home of everybody who has it open: what each looks at, drawn for him, and drawn again when a case changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from bot.cases.board import Filter, Sort
from bot.cases.inbound import Author
from bot.cases.models import CaseEvent
from bot.cases.queries import CaseQueries
from bot.clock import Clock
from bot.rows import after_commit_of
from bot.slack.asides import Asides
from bot.slack.case_links import CaseLinks
from bot.slack.directory import Directory
from bot.slack.until import midnight
from bot.slack.views.home import CASES_SHOWN, Standing, admin_home, customer_home

log = structlog.get_logger(__name__)

# Slack does not tell when App Home is left; who did nothing in it for so long is taken to be gone.
VISIT_SECONDS = 15 * 60.0
# Nobody's page is drawn again more often than this.
REDRAW_SECONDS = 3.0
# While pages are behind, and while none is.
LOOK_SECONDS, REST_SECONDS = 1.0, 60.0
VISITS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person looks at in his App Home: a list and where in it he is, or what he looks for."""

    which: Filter = Filter.OPEN
    after: str = ""
    wanted: str = ""
    sort: Sort = Sort.LONGEST

    def as_metadata(self) -> dict[str, str]:
        """Return the form that travels in the view."""
        return {"which": self.which, "after": self.after, "wanted": self.wanted, "sort": self.sort}


@dataclass(slots=True)
class _Visit:
    """Somebody's open App Home; `hash` is of its last drawing, `stale` that a case has changed since."""

    actor: Author
    sight: Sight
    seen_at: float
    drawn_at: float = 0.0
    hash: str | None = None
    stale: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Homes:
    """Publishes App Homes from reads, never through the outbox: a page is an answer to the person who looks at it.

    `standing` tells how Slack, mailbox and clock are and what waits in the outbox, and `wake` is called when there is
    something to draw again; wiring sets both.
    """

    def __init__(
        self,
        web: WebClient,
        queries: CaseQueries,
        links: CaseLinks,
        directory: Directory,
        asides: Asides,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._web = web
        self._queries = queries
        self._links = links
        self._directory = directory
        self._asides = asides
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._visits: dict[str, _Visit] = {}
        self.standing: Callable[[], Standing] = Standing
        self.wake: Callable[[], None] = lambda: None

    def open(self, actor: Author, sight: Sight | None = None) -> None:
        """Draw somebody's page shortly: as he left it, or with another sight."""
        visit = self._visit(actor, sight)
        self._asides.soon(lambda: self._draw(visit))

    def mark_changed(self) -> None:
        """Note that a case has changed: every open page is behind now."""
        with self._lock:
            for visit in self._visits.values():
                visit.stale = True
            anybody = bool(self._visits)
        if anybody:
            self.wake()

    def rest(self) -> float:
        """Return after how many seconds to look again whose page is behind, if nothing wakes us sooner."""
        with self._lock:
            is_behind = any(visit.stale for visit in self._visits.values())
        return LOOK_SECONDS if is_behind else REST_SECONDS

    def redraw_due(self) -> int:
        """Draw the pages again that are behind; returns 0, for what could not be drawn now waits for the next look."""
        now = self._monotonic()
        with self._lock:
            gone = [user for user, visit in self._visits.items() if now - visit.seen_at > VISIT_SECONDS]
            for user in gone:
                del self._visits[user]
            due = [visit for visit in self._visits.values() if visit.stale and now - visit.drawn_at >= REDRAW_SECONDS]
        for visit in due:
            self._draw(visit, again=True)
        return 0

    def _visit(self, actor: Author, sight: Sight | None) -> _Visit:
        with self._lock:
            known = self._visits.pop(actor.identity, None)
            visit = known or _Visit(actor, Sight(), self._monotonic())
            visit.actor, visit.seen_at = actor, self._monotonic()
            visit.sight = sight if sight is not None else visit.sight
            visit.hash = None  # what he asks for himself is drawn whatever stands there
            self._visits[actor.identity] = visit
            while len(self._visits) > VISITS_AT_MOST:
                self._visits.pop(next(iter(self._visits)))
            return visit

    def _draw(self, visit: _Visit, *, again: bool = False) -> None:
        with visit.lock:
            visit.stale, visit.drawn_at = False, self._monotonic()
            view = self._view(visit.actor, visit.sight)
            known = {"hash": visit.hash} if again and visit.hash else {}
            try:
                answer = self._web.views_publish(user_id=visit.actor.identity, view=view, **known)
            except SlackApiError as error:
                # Somebody drew it in between (another process, or he himself just now): that drawing is newer.
                if error.response.get("error") != "hash_conflict":
                    raise
                visit.hash = None
                return
            visit.hash = (answer.get("view") or {}).get("hash")

    def _view(self, actor: Author, sight: Sight) -> dict[str, Any]:
        # Judged anew at each drawing: he may be no admin any more.
        viewer = self._directory.author(actor.identity)
        if not viewer.is_admin:
            return customer_home(self._queries.of_customer(viewer.identity))
        if sight.wanted:
            board = self._queries.board(0, Filter.OPEN, viewer.identity, today=self._today(viewer))
            found = self._queries.search(sight.wanted, viewer, CASES_SHOWN, sight.after)
            around = self._links.around([hit.case.case_id for hit in found.hits])
            return admin_home(board, sight.as_metadata(), self.standing(), found, around)
        board = self._queries.board(
            CASES_SHOWN, sight.which, viewer.identity, sight.after, self._today(viewer), sight.sort
        )
        around = self._links.around([sheet.case.case_id for sheet in board.cases])
        return admin_home(board, sight.as_metadata(), self.standing(), around=around)

    def _today(self, viewer: Author) -> datetime:
        return midnight(self._clock.now(), self._directory.zone(viewer.identity))


def sight_of(metadata: Mapping[str, str]) -> Sight:
    """Return the sight that a page was drawn for; the plain one where the page knows none (of an older release)."""
    try:
        return Sight(
            which=Filter(metadata["which"]),
            after=metadata["after"],
            wanted=metadata["wanted"],
            sort=Sort(metadata.get("sort", Sort.LONGEST)),
        )
    except (KeyError, ValueError):
        return Sight()


def tell_changes(writers: sessionmaker[Session], changed: Callable[[], None]) -> None:
    """Call `changed` right after each commit that stored a fact of a case."""
    after_commit_of(writers, CaseEvent, changed)
