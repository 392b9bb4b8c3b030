"""The README's story, clicked and typed from start to end in a real browser against the real bot."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from bot.sandbox.server import Sandbox

RESTART = 20_000
"""Milliseconds in which a killed bot is up again, or Slack connected again, on a busy machine."""


class Person:
    """Somebody at the page: says who to be, where to go, what to write."""

    def __init__(self, page: Page) -> None:
        self.page = page
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

    def ticked(self, title: str) -> None:
        step = self.page.locator("li.step", has_text=title)
        expect(step.get_by_role("img", name="done")).to_be_visible()


def test_the_story_from_start_to_end(desk: Sandbox, tab: Page, keep: Callable[[Page, str], None]) -> None:
    tab.goto(desk.url)
    you = Person(tab)

    you.be("Carla")
    you.mail("Order 1017", "My parcel never came. Where is it?")
    for words in ("Any news?", "Hello?", "Is anybody there?"):
        you.answer(words)
    you.be("Ada")
    you.go("support")
    expect(you.message("CASE-1").first).to_be_visible()
    you.ticked("Carla writes a mail")
    expect(tab.locator(".place", has_text="alerting").locator(".badge")).to_be_visible()
    you.go("alerting")
    expect(you.message("4th message without an answer")).to_be_visible()
    you.ticked("She asks three more times")
    keep(tab, "1-alert")

    you.message("CASE-1").get_by_role("button", name="Acknowledge").click()
    expect(you.message("acknowledged by Ada")).to_be_visible()
    you.ticked("Ada says: I have it")

    you.be("Cosmo")
    you.go("Messages")
    you.say("Our shop is down, this is urgent!")
    you.be("Ada")
    you.go("alerting")
    expect(you.message("CASE-2")).to_contain_text("urgent")
    you.ticked("Cosmo writes “urgent” in Slack")

    tab.get_by_role("button", name="Move the clock on by 48 hours").click()
    tab.get_by_role("button", name="Move the clock on by 1 hour").click()
    expect(you.message("waiting 4")).to_be_visible()
    you.ticked("48 hours pass")
    keep(tab, "2-waited")

    tab.get_by_role("navigation", name="Mailboxes").get_by_role("link", name="Ada").click()
    you.mail("CASE-1", "I'm closing this case. CASE-1", verified=False)
    you.go("support")
    expect(you.message("sender not verified")).to_be_visible()
    you.ticked("Somebody pretends to be Ada")

    thread = you.conversation.locator(".thread", has_text="Is anybody there?")
    thread.get_by_text("Reply in thread").click()
    reply = thread.get_by_role("textbox")
    expect(reply).to_be_focused()
    reply.fill("Found it. I’m closing this case.")
    reply.press("Enter")
    you.go("logging")
    expect(you.message("Case #CASE-1 closed at")).to_contain_text("by Ada Admin")
    you.ticked("Ada closes the case")

    you.be("Carla")
    you.mail("Invoice", "And where is my invoice?")
    you.be("Ada")
    you.go("support")
    expect(you.message("CASE-3")).to_contain_text("invoice")
    you.ticked("Carla writes once more")

    composer = tab.get_by_role("textbox", name="Message #support")
    composer.press_sequentially("/case li")
    expect(tab.get_by_role("option")).to_have_count(1)
    composer.press("Tab")
    expect(composer).to_have_value("/case list")
    composer.press("Enter")
    expect(you.message("Only you can see this")).to_contain_text("CASE-3")
    you.ticked("Ask with /case")
    keep(tab, "3-command")

    you.go("Home")
    expect(you.conversation).to_contain_text("CASE-3")
    you.ticked("Look at App Home")

    you.go("support")
    card = you.conversation.locator("article.message", has_text="CASE-2").first
    card.get_by_role("button", name="Close").click()
    asked = tab.get_by_role("dialog", name="Close CASE-2?")
    expect(asked.get_by_role("button", name="Keep it open")).to_be_focused()
    keep(tab, "4-confirm")
    tab.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    expect(card).not_to_contain_text("closed")

    plug = tab.get_by_role("switch", name="Bot")
    plug.click()
    expect(tab.get_by_text("The bot is dead.")).to_be_visible()
    you.be("Cosmo")
    you.go("Messages")
    you.say("Written while the bot was dead.")
    keep(tab, "5-dead")
    plug.click()
    you.be("Ada")
    you.go("support")
    expect(you.conversation.locator(".thread article", has_text="bot was dead")).to_have_count(1, timeout=RESTART)
    you.ticked("Kill the bot")

    tab.get_by_role("button", name="Do it for me: Pull Slack’s plug").click()
    expect(you.conversation.locator(".thread article", has_text="Sent while Slack was away.")).to_have_count(1, timeout=RESTART)
    expect(tab.get_by_text("That is the whole story.")).to_be_visible()
    keep(tab, "6-end")
