"""Any story at all: whatever people do in whatever order, the desk stands as a notary would have it."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.cases.errors import IllegalMove
from bot.cases.inbound import Author, Inbound, Outcome
from bot.cases.models import Case, CaseEvent, Escalation
from tests.cases.desk import ADA, BEN, MIA, NOA, PHRASE, Desk
from tests.cases.reckoning import Notebook, Page
from tests.services.standing import StandingFile

CUSTOMERS = (ADA, BEN)
WORDS = {
    "Hello": [],
    "insurgent": [],
    "Thanks\n> urgent": [],
    PHRASE: [],
    "urgently!": ["urgent"],
    "CRITICAL emergency": ["emergency", "critical"],
}


@pytest.fixture(scope="module", autouse=True)
def _standing(standing_file: StandingFile) -> None:
    """All stories are told on one engine: each would compile every statement anew."""
    AnyStory.standing = standing_file


class AnyStory(RuleBasedStateMachine):
    """The desk and the notebook are told the same; after each step they must agree."""

    standing: StandingFile

    @initialize()
    def open_the_desk(self) -> None:
        self.desk = Desk(self.standing.emptied())
        self.notebook = Notebook()
        self.said: list[tuple[Inbound, Page]] = []
        self.bodies: list[str] = []

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.database.close()

    def something_was_said(self) -> bool:
        return bool(self.said)

    @rule(who=st.sampled_from(CUSTOMERS), text=st.sampled_from(sorted(WORDS)), late=st.sampled_from([0, 0, 1, 90]))
    def a_customer_writes(self, who: Author, text: str, late: int) -> None:
        inbound = self.desk.inbound(who, text, at=self.desk.passes(seconds=1) - timedelta(minutes=late))
        known = self.notebook.open_page(who.identity)

        taken = self.desk.intake.receive(inbound)

        assert taken.outcome is (Outcome.JOINED if known else Outcome.OPENED)
        self.said.append((inbound, self.notebook.customer_writes(who.identity, WORDS[text], inbound.at)))
        self.bodies.append(text)

    @precondition(something_was_said)
    @rule(pick=st.integers(0, 99), late=st.sampled_from([0, 0, 30]), closing=st.sampled_from([False, False, True]))
    def an_admin_answers(self, pick: int, late: int, closing: bool) -> None:
        inbound, page = self.said[pick % len(self.said)]
        at = self.desk.passes(seconds=1) - timedelta(minutes=late)

        self.desk.says(MIA, PHRASE if closing else "urgent, looking", thread=inbound.external_id, at=at)

        self.notebook.admin_answers(page, at, closing=closing)

    @precondition(something_was_said)
    @rule(pick=st.integers(0, 99))
    def an_admin_notes(self, pick: int) -> None:
        number = pick % len(self.notebook.pages)

        self.desk.in_card_thread(NOA, "urgent? who takes this?", f"CASE-{number + 1}")

    @precondition(something_was_said)
    @rule(pick=st.integers(0, 99), closing=st.booleans())
    def an_admin_clicks(self, pick: int, closing: bool) -> None:
        number = pick % len(self.notebook.pages)
        page, now = self.notebook.pages[number], self.desk.passes(seconds=1)
        verb = self.desk.service.close if closing else self.desk.service.acknowledge
        try:
            verb(f"CASE-{number + 1}", MIA)
        except IllegalMove:
            assert not page.is_open or (not closing and page.pending is None)
            return
        assert page.is_open
        if closing:
            self.notebook.close(page)
        else:
            assert page.pending is not None
            self.notebook.acknowledge(page, now)

    @precondition(something_was_said)
    @rule(pick=st.integers(0, 99), text=st.sampled_from(sorted(WORDS)))
    def a_customer_edits(self, pick: int, text: str) -> None:
        number = pick % len(self.said)
        inbound, page = self.said[number]
        now, before = self.desk.passes(seconds=1), self.bodies[number]

        assert self.desk.edits(inbound.author, inbound.external_id, text) is (text != before)

        page.alarm({("keyword", word): now for word in WORDS[text] if word not in WORDS[before]})
        self.bodies[number] = text

    @precondition(something_was_said)
    @rule(pick=st.integers(0, 99))
    def an_inbound_comes_again(self, pick: int) -> None:
        inbound, page = self.said[pick % len(self.said)]

        taken = self.desk.intake.receive(inbound)

        assert taken.outcome is Outcome.DUPLICATE
        assert taken.case_id == f"CASE-{self.notebook.pages.index(page) + 1}"

    @rule(hours=st.sampled_from([1, 47, 48, 49]))
    def time_passes_and_is_swept(self, hours: int) -> None:
        now = self.desk.passes(hours=hours)

        assert self.desk.sweep.sweep() == self.notebook.sweep(now)

    @invariant()
    def desk_and_notebook_agree(self) -> None:
        cases = {case.case_id: case for case in self.desk.rows(Case)}
        assert len(cases) == len(self.notebook.pages)
        for number, page in enumerate(self.notebook.pages, start=1):
            self.agree(cases[f"CASE-{number}"], page)

    def agree(self, case: Case, page: Page) -> None:
        assert case.customer_identifier == page.customer
        assert (case.status == "open") is page.is_open
        assert (case.message_count, case.last_message_at) == (len(page.told), page.last)
        assert (case.clock_restarted_at, case.escalated) == (page.restarted, page.raised > 0)
        visible = [m for m in self.desk.messages() if m.case_id == case.case_id and not m.internal]
        assert sorted((m.timestamp, m.is_admin) for m in visible) == sorted(page.told)
        pending = self.desk.pending(case.case_id)
        assert {(r["kind"], r.get("keyword", "")) for r in (pending.reasons if pending else [])} == set(
            page.pending or {}
        )
        assert len([e for e in self.desk.rows(Escalation) if e.case_id == case.case_id]) == page.raised
        assert self.desk.timeline(case.case_id).count("escalated") == page.raised

    @invariant()
    def every_message_has_its_fact(self) -> None:
        told = Counter(event.message_id for event in self.desk.rows(CaseEvent) if event.kind in TELLING)
        assert told == Counter(message.id for message in self.desk.messages())


TELLING = {"opened", "received", "answered", "noted"}

TestAnyStory = AnyStory.TestCase
TestAnyStory.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
