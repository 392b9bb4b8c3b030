"""The README's story, clicked and typed from start to end in a real browser against the real bot."""

from playwright.sync_api import Page, expect

from bot.sandbox.server import Sandbox
from tests.browser.person import Keep, Person

RESTART = 60_000
"""Milliseconds in which a killed bot is up again, or Slack connected again, on a busy machine."""


def test_the_story_from_start_to_end(desk: Sandbox, tab: Page, keep: Keep) -> None:
    tab.goto(desk.url)
    you = Person(tab, keep)

    mails_become_a_case_and_an_alert(you)
    ada_acknowledges(you)
    ada_answers_and_carla_writes_back(you)
    ada_sends_what_she_wrote_in_the_thread(you)
    an_urgent_word_alerts_at_once(you)
    two_days_pass(you)
    a_forged_mail_changes_nothing(you)
    the_phrase_closes(you)
    the_next_mail_opens_anew(you)
    a_command_answers_in_private(you)
    home_shows_the_desk(you)
    a_dialog_asks_before_closing(you)
    a_killed_bot_loses_nothing(you)
    an_outage_loses_nothing(you)


def mails_become_a_case_and_an_alert(you: Person) -> None:
    you.be("Carla")
    you.mail("Order 1017", "My parcel never came. Where is it?")
    for words in ("Any news?", "Hello?", "Is anybody there?"):
        you.answer(words)
    you.be("Ada")
    you.go("support")
    expect(you.message("CASE-1")).to_be_visible()
    you.ticked("Carla writes a mail")
    expect(you.page.locator(".place", has_text="alerting").locator(".badge")).to_be_visible()
    you.go("alerting")
    expect(you.message("4th message without an answer")).to_be_visible()
    you.ticked("She asks three more times")
    you.photograph("1-alert")


def ada_acknowledges(you: Person) -> None:
    you.message("CASE-1").get_by_role("button", name="Acknowledge").click()
    expect(you.message("acknowledged by Ada")).to_be_visible()
    you.ticked("Ada says: I have it")


def ada_answers_and_carla_writes_back(you: Person) -> None:
    you.go("support")
    you.conversation.locator("article.message", has_text="CASE-1").first.get_by_role("button", name="Reply").click()
    form = you.page.get_by_role("dialog", name="Answer CASE-1")
    form.get_by_label("Your answer").fill("It is on its way: track 1017.")
    you.photograph("2-reply")
    form.get_by_role("button", name="Send to customer").click()
    expect(form).to_be_hidden()
    you.be("Carla")
    expect(you.page.locator(".letter.desk", has_text="track 1017")).to_be_visible()
    you.ticked("Ada answers Carla")
    you.answer("It came today. Thank you!")
    you.be("Ada")
    you.go("support")
    expect(you.conversation.locator(".thread article", has_text="It came today.")).to_be_visible()
    you.ticked("Carla writes back")


def ada_sends_what_she_wrote_in_the_thread(you: Person) -> None:
    thread = you.conversation.locator(".thread", has_text="It came today.")
    thread.get_by_text("Reply in thread").click()
    thread.get_by_role("textbox", name="Reply in the thread").fill("Glad to hear it. Here is a voucher.")
    you.page.keyboard.press("Enter")
    note = thread.locator("article", has_text="Here is a voucher.").first
    note.hover()
    note.get_by_role("button", name="React with :envelope:").first.click()
    you.ticked("Ada sends what she wrote in the thread")


def an_urgent_word_alerts_at_once(you: Person) -> None:
    you.be("Cosmo")
    you.go("Messages")
    you.say("Our shop is down, this is urgent!")
    you.be("Ada")
    you.go("alerting")
    expect(you.message("CASE-2")).to_contain_text("urgent")
    you.ticked("Cosmo writes “urgent” in Slack")


def two_days_pass(you: Person) -> None:
    you.page.get_by_role("button", name="Move the clock on by 48 hours").click()
    you.page.get_by_role("button", name="Move the clock on by 1 hour").click()
    expect(you.message("waiting 4")).to_be_visible()
    you.ticked("48 hours pass")
    you.photograph("3-waited")


def a_forged_mail_changes_nothing(you: Person) -> None:
    you.page.get_by_role("navigation", name="Mailboxes").get_by_role("link", name="Ada").click()
    you.mail("CASE-1", "I'm closing this case. CASE-1", verified=False)
    you.go("support")
    expect(you.message("sender not verified")).to_be_visible()
    you.ticked("Somebody pretends to be Ada")


def the_phrase_closes(you: Person) -> None:
    thread = you.conversation.locator(".thread", has_text="Is anybody there?")
    thread.get_by_text("Reply in thread").click()
    reply = thread.get_by_role("textbox")
    expect(reply).to_be_focused()
    reply.fill("Found it. I’m closing this case.")
    reply.press("Enter")
    you.go("logging")
    expect(you.message("Case #CASE-1 closed at")).to_contain_text("by Ada Admin")
    you.ticked("Ada closes the case")


def the_next_mail_opens_anew(you: Person) -> None:
    you.be("Carla")
    you.mail("Invoice", "And where is my invoice?")
    you.be("Ada")
    you.go("support")
    expect(you.message("CASE-3")).to_contain_text("invoice")
    you.ticked("Carla writes once more")


def a_command_answers_in_private(you: Person) -> None:
    composer = you.page.get_by_role("textbox", name="Message #support")
    composer.press_sequentially("/case li")
    expect(you.page.get_by_role("option")).to_have_count(1)
    composer.press("Tab")
    expect(composer).to_have_value("/case list")
    composer.press("Enter")
    expect(you.message("Only you can see this")).to_contain_text("CASE-3")
    you.ticked("Ask with /case")
    you.photograph("4-command")


def home_shows_the_desk(you: Person) -> None:
    you.go("Home")
    expect(you.conversation).to_contain_text("CASE-3")
    you.ticked("Look at App Home")


def a_dialog_asks_before_closing(you: Person) -> None:
    you.go("support")
    card = you.conversation.locator("article.message", has_text="CASE-2").first
    card.get_by_role("button", name="Close").click()
    asked = you.page.get_by_role("dialog", name="Close CASE-2?")
    expect(asked.get_by_role("button", name="Keep it open")).to_be_focused()
    you.photograph("5-confirm")
    you.page.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    expect(card).not_to_contain_text("closed")


def a_killed_bot_loses_nothing(you: Person) -> None:
    plug = you.page.get_by_role("switch", name="Bot")
    plug.click()
    expect(you.page.get_by_text("The bot is dead.")).to_be_visible()
    you.be("Cosmo")
    you.go("Messages")
    you.say("Written while the bot was dead.")
    you.photograph("6-dead")
    plug.click()
    you.be("Ada")
    you.go("support")
    expect(you.conversation.locator(".thread article", has_text="bot was dead")).to_have_count(1, timeout=RESTART)
    you.ticked("Kill the bot")


def an_outage_loses_nothing(you: Person) -> None:
    you.page.get_by_role("button", name="Do it for me: Pull Slack’s plug").click()
    sent = you.conversation.locator(".thread article", has_text="Sent while Slack was away.")
    expect(sent).to_have_count(1, timeout=RESTART)
    expect(you.page.get_by_text("That is the whole story.")).to_be_visible()
    you.photograph("7-end")
