"""What hands do on the page: files in and out, emoji by name, second thoughts, the keyboard, a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def test_files_go_along_with_words_chosen_or_dropped(sandbox: Sandbox, tab: Page) -> None:
    tab.goto(f"{sandbox.url}?as=U0CARLA&at=C0CUSTOMERS")
    tab.get_by_label("Attach files to the message").set_input_files(
        FilePayload(name="a.txt", mimeType="text/plain", buffer=b"one")
    )
    expect(tab.locator("#composer .chosen")).to_contain_text("a.txt")
    dropped = tab.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File(['two'], 'b.txt')); return d; }"
    )
    tab.dispatch_event("#conversation", "drop", {"dataTransfer": dropped})
    expect(tab.locator("#composer .chosen")).to_contain_text("a.txt, b.txt")

    tab.get_by_role("textbox", name="Message #customers").fill("Look at these")
    tab.keyboard.press("Enter")

    message = tab.locator("article", has_text="Look at these")
    expect(message.get_by_role("link", name="Download")).to_have_count(2)
    expect(tab.locator("#composer .chosen")).to_be_hidden()
    [said] = sandbox.workspace.messages("#customers")
    assert (said["subtype"], [file["name"] for file in said["files"]]) == ("file_share", ["a.txt", "b.txt"])
    assert [sandbox.workspace.file(file["id"]).content for file in said["files"]] == [b"one", b"two"]


def test_a_file_of_the_bot_is_shown_and_downloaded(sandbox: Sandbox, tab: Page, tmp_path: Path) -> None:
    client = WebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url)
    client.files_upload_v2(channel="C0SUPPORT", filename="Timeline #1.txt", content="opened\nclosed")
    client.files_upload_v2(channel="C0SUPPORT", filename="pixel.png", file=PIXEL, alt_txt="A pixel")
    tab.goto(f"{sandbox.url}?as=U0ADA&at=C0SUPPORT")

    with tab.expect_download() as started:
        tab.get_by_role("link", name="Download Timeline #1.txt").click()

    started.value.save_as(tmp_path / "got")
    assert (started.value.suggested_filename, (tmp_path / "got").read_text()) == ("Timeline #1.txt", "opened\nclosed")
    picture = tab.get_by_role("img", name="A pixel")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 1


def test_an_attachment_of_a_mail_is_downloaded(sandbox: Sandbox, tab: Page) -> None:
    tab.goto(f"{sandbox.url}?as=U0CARLA&at=C0CUSTOMERS")
    tab.get_by_label("Subject").fill("Invoice")
    tab.locator("input[name=attachments]").first.set_input_files(
        FilePayload(name="<b>.html", mimeType="text/html", buffer=b"<script>alert(1)</script>")
    )
    tab.get_by_role("button", name="Send mail").click()

    with tab.expect_download() as started:
        tab.get_by_role("link", name="Download <b>.html").click()

    assert Path(started.value.path()).read_bytes() == b"<script>alert(1)</script>"


def test_any_emoji_by_its_name_and_second_thoughts_about_ones_words(sandbox: Sandbox, tab: Page) -> None:
    ts = sandbox.workspace.say("ada", "#support", "Hello @Amos Admin & all")
    tab.goto(f"{sandbox.url}?as=U0ADA&at=C0SUPPORT")
    message = tab.locator(f"[id='m{ts}']")
    menu = message.locator("summary[aria-label='More for this message']")
    message.hover()

    menu.click()
    message.get_by_label("Any emoji by its name").fill(":handshake:")
    tab.keyboard.press("Enter")
    expect(message.locator(".reaction")).to_contain_text(":handshake:")
    menu.click()
    words = message.get_by_label("The message’s new words")
    expect(words).to_have_value("Hello @amos & all")
    words.fill("Bye @amos")
    words.press("Enter")
    expect(message.locator(".said")).to_contain_text("Bye @Amos Admin")
    menu.click()
    message.get_by_role("button", name="Delete").click()

    expect(message).to_have_count(0)
    assert sandbox.workspace.deleted[-1]["text"] == "Bye <@U0AMOS>"


def test_the_keyboard_leads_everywhere_and_says_how(sandbox: Sandbox, tab: Page) -> None:
    tab.goto(f"{sandbox.url}?as=U0ADA&at=C0SUPPORT")

    tab.keyboard.press("Control+/")
    listed = tab.get_by_role("dialog", name="Keyboard")
    expect(listed).to_contain_text("another place in Slack")
    tab.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    tab.keyboard.press("Alt+ArrowDown")
    expect(tab.get_by_role("heading", name="alerting", exact=True)).to_be_visible()
    expect(tab.get_by_role("textbox", name="Message #alerting")).to_be_focused()
    tab.keyboard.press("Alt+ArrowUp")
    expect(tab.get_by_role("textbox", name="Message #support")).to_be_focused()
    tab.keyboard.press("Alt+Digit1")

    expect(tab.locator(".who[aria-current]")).to_contain_text("Carla")


def test_the_first_tabs_lead_past_the_top(sandbox: Sandbox, tab: Page) -> None:
    tab.goto(f"{sandbox.url}?as=U0ADA&at=C0SUPPORT")
    names = []
    for _ in range(6):
        tab.keyboard.press("Tab")
        names.append(tab.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"))

    assert names[:4] == ["Skip to messages", "Skip to the composer", "Skip to mail", "Skip to the story"]
    assert [name[:2] for name in names[4:]] == ["Ca", "Co"]


def test_a_page_finds_a_sandbox_that_was_started_again(tab: Page) -> None:
    with Sandbox() as first:
        port = first.port
        tab.goto(f"{first.url}?as=U0ADA&at=C0SUPPORT")
        expect(tab.locator("#conversation")).to_contain_text("Nothing has been said")
    expect(tab.get_by_role("alert").filter(has_text="Is it still running?")).to_be_visible()

    with Sandbox(port=port) as second:
        second.workspace.say("amos", "#support", "Here again")

        expect(tab.locator("#conversation")).to_contain_text("Here again")
        expect(tab.locator(".trouble")).to_be_hidden()
        tab.goto("about:blank")
