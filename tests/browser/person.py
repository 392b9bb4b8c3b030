"""Somebody at the page, as a test tells of him."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

Keep = Callable[[Page, str], None]


class Person:
    """Somebody at the page: says who to be, where to go, what to write."""

    def __init__(self, page: Page, keep: Keep) -> None:
        self.page, self.keep = page, keep
        self.conversation = page.locator("#conversation")

    def be(self, name: str) -> None:
        self.page.get_by_role("navigation", name="Who you are").get_by_role("link", name=name).click()
        expect(self.page.locator(".who[aria-current]")).to_contain_text(name)

    def go(self, place: str) -> None:
        places = self.page.get_by_role("navigation", name="Places in Slack")
        places.get_by_role("link", name=place).or_(places.get_by_role("button", name=place)).click()
        expect(places.locator("[aria-current=page]")).to_contain_text(place)

    def mail(self, subject: str, text: str, *, verified: bool = True) -> None:
        pane = self.page.get_by_role("region", name="Mail", exact=True)
        writing = pane.locator("details.new-mail")
        if writing.get_attribute("open") is None:
            writing.locator("summary").click()
        writing.get_by_label("Subject").fill(subject)
        writing.get_by_label("Text of the mail").fill(text)
        writing.get_by_label("The mail server vouches").set_checked(verified)
        writing.get_by_role("button", name="Send mail").click()
        expect(pane.locator(".letter .text", has_text=text).first).to_be_visible()

    def answer(self, text: str) -> None:
        pane = self.page.get_by_role("region", name="Mail", exact=True)
        talk = pane.locator("details.talk").first
        if talk.locator("details.reply").get_attribute("open") is None:
            talk.locator("details.reply > summary").click()
        talk.get_by_label("Text of the answer").fill(text)
        talk.get_by_role("button", name="Send mail").click()
        expect(talk.locator(".letter .text", has_text=text)).to_be_visible()

    def say(self, text: str) -> None:
        composer = self.page.get_by_role("textbox", name=re.compile("^Message "))
        composer.fill(text)
        composer.press("Enter")
        expect(composer).to_have_value("")

    def message(self, words: str) -> Locator:
        return self.conversation.locator("article.message", has_text=words).last

    def photograph(self, name: str) -> None:
        self.keep(self.page, name)

    def ticked(self, title: str) -> None:
        step = self.page.locator("li.step", has_text=title)
        expect(step.get_by_role("img", name="done")).to_be_visible()
