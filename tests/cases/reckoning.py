"""The rules of the desk reckoned by hand: what a notary with a notebook would say of the same story."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

AFTER = timedelta(hours=48)
ALLOWED = 3

Key = tuple[str, str]


@dataclass
class Page:
    """One case in the notebook. `pending` maps each reason to the time of the words it came from."""

    customer: str
    last: datetime
    told: list[tuple[datetime, bool]] = field(default_factory=list)
    restarted: datetime | None = None
    pending: dict[Key, datetime] | None = None
    raised: int = 0
    is_open: bool = True

    def waits_since(self) -> datetime:
        return max(self.last, self.restarted or self.last)

    def unanswered(self) -> int:
        return sum(1 for at, by_admin in self.told if not by_admin and (self.restarted is None or at > self.restarted))

    def alarm(self, reasons: dict[Key, datetime]) -> None:
        if not self.is_open or not reasons:
            return
        if self.pending is None:
            self.pending, self.raised = {}, self.raised + 1
        self.pending = reasons | self.pending

    def restart(self, at: datetime) -> None:
        self.restarted = max(self.restarted or at, at)

    def tell(self, at: datetime, *, by_admin: bool) -> None:
        self.told.append((at, by_admin))
        self.last = max(self.last, at)


class Notebook:
    """All cases in the order of their numbers."""

    def __init__(self) -> None:
        self.pages: list[Page] = []

    def open_page(self, customer: str) -> Page | None:
        pages = [page for page in self.pages if page.customer == customer and page.is_open]
        assert len(pages) <= 1
        return pages[0] if pages else None

    def customer_writes(self, customer: str, keywords: list[str], at: datetime) -> Page:
        page = self.open_page(customer)
        if page is None:
            page = Page(customer, at)
            self.pages.append(page)
        page.tell(at, by_admin=False)
        reasons = {("keyword", word): at for word in keywords}
        if page.unanswered() > ALLOWED:
            reasons["follow_ups", ""] = at
        page.alarm(reasons)
        return page

    def admin_answers(self, page: Page, at: datetime, *, closing: bool) -> None:
        """The thread of a closed case goes over to the customer's open one; without one nothing happens."""
        spoken_in = page if page.is_open else self.open_page(page.customer)
        if spoken_in is None:
            return
        spoken_in.tell(at, by_admin=True)
        spoken_in.restart(at)
        pending = spoken_in.pending or {}
        if all(said <= at for (kind, _), said in pending.items() if kind != "waiting"):
            spoken_in.pending = None
        if closing:
            self.close(spoken_in)

    def acknowledge(self, page: Page, now: datetime) -> None:
        page.pending = None
        page.restart(now)

    def close(self, page: Page) -> None:
        page.is_open, page.pending = False, None

    def sweep(self, now: datetime) -> int:
        due = [p for p in self.pages if p.is_open and p.pending is None and now - p.waits_since() > AFTER]
        for page in due:
            page.alarm({("waiting", ""): now})
        return len(due)
