"""The levers beside the story: plugs that can be pulled, steps that tick themselves, marks for what is unread."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
from slack_sdk import WebClient

from bot.sandbox.page_plugs import Outlets
from bot.sandbox.page_stage import Command, Shortcut, Stage
from bot.sandbox.page_story import Actor, Step, View, World, tell
from bot.sandbox.server import Sandbox
from tests.sandbox.answering import answering
from tests.sandbox.wire import Wire
from tests.services.http import http


class Process:
    """A bot's process, as far as the page can tell."""

    def __init__(self) -> None:
        self.lives = True

    def bot_running(self) -> bool:
        return self.lives

    def kill_bot(self) -> None:
        self.lives = False

    def start_bot(self) -> None:
        self.lives = True


def greet(actor: Actor) -> None:
    actor.workspace.say("carla", "#customers", "Hello")


GREET = Step(
    "greet",
    "Carla greets",
    "She says hello.",
    lambda w: bool(w.said["#customers"]),
    View("ada", "#customers"),
    greet,
    by_hand=View("carla", "#customers"),
)
LATER = Step("later", "An hour passes", "Wait.", lambda w: w.ahead >= timedelta(hours=1), View("ada", "home"))
NEVER = replace(LATER, key="never", possible=lambda w: "bot" in w.plugs)


def turn(browser: httpx.Client, name: str, how: str) -> httpx.Response:
    return browser.post("/sandbox/plug", data={"as": "U0ADA", "name": name, "turn": how})


def test_slack_goes_away_and_comes_back(sandbox: Sandbox, browser: httpx.Client, client: WebClient) -> None:
    away = turn(browser, "slack", "off")
    refused = http.post(sandbox.api_url + "api.test").status_code
    back = turn(browser, "slack", "on")

    assert refused == 503
    assert "Slack is away" in away.text
    assert "Slack is away" not in back.text
    assert client.api_test()["ok"]
    assert sandbox.outlets.returns == {"slack": 1}


def test_the_mailbox_goes_away_and_keeps_its_mail(sandbox: Sandbox, browser: httpx.Client) -> None:
    turn(browser, "mailbox", "off")
    turn(browser, "mailbox", "off")
    page = browser.post("/sandbox/mail", data={"as": "U0CARLA", "subject": "Help", "text": "While away"})
    turn(browser, "mailbox", "on")

    assert "While away" in page.text
    assert len(sandbox.mailbox.stored()) == 1
    assert not sandbox.mailbox.is_away


def test_the_bot_can_be_killed_only_where_somebody_said_how(sandbox: Sandbox, browser: httpx.Client) -> None:
    without = turn(browser, "bot", "off")
    bot = Process()
    sandbox.outlets.connect_bot(bot)

    killed = turn(browser, "bot", "off")

    assert without.status_code == 400
    assert not bot.lives
    assert "The bot is dead" in killed.text
    turn(browser, "bot", "on")
    assert bot.lives


def test_plugs_may_be_handed_over_at_the_start() -> None:
    assert isinstance(Sandbox(plugs=Process()).outlets, Outlets)
    assert "bot" in Sandbox(plugs=Process()).outlets.switches
    assert "bot" not in Sandbox().outlets.switches


def test_steps_tick_themselves_and_the_first_open_one_is_current() -> None:
    nothing = tell((GREET, LATER, NEVER), World(said={"#customers": ()}))
    later = tell(
        (GREET, LATER, NEVER), World(said={"#customers": ()}, ahead=timedelta(hours=2), plugs=frozenset({"bot"}))
    )

    assert [(t.step.key, t.done, t.current) for t in nothing] == [("greet", False, True), ("later", False, False)]
    assert [(t.step.key, t.done, t.current) for t in later] == [
        ("greet", False, True),
        ("later", True, False),
        ("never", True, False),
    ]


def test_a_step_is_done_with_one_click(sandbox: Sandbox, browser: httpx.Client) -> None:
    sandbox.workspace.say("carla", "#customers", "from before")
    sandbox.page.stage = Stage(steps=(GREET, LATER), since=sandbox.workspace.newest_ts())

    before = browser.get("/").text
    link = re.search(r'href="([^"]*)" aria-label="Show me where: Carla greets"', before)
    after = browser.post("/sandbox/step", data={"as": "U0CARLA", "key": "greet"})

    assert "0 of 2" in before
    assert link is not None
    assert "as=U0CARLA" in link[1]
    assert "1 of 2" in after.text
    assert after.url.params["as"] == "U0ADA"
    assert after.url.params["at"] == "C0CUSTOMERS"
    assert browser.post("/sandbox/step", data={"key": "no-such"}).status_code == 400


def test_what_others_said_is_unread_until_one_looks(sandbox: Sandbox, browser: httpx.Client) -> None:
    def marks(person: str, at: str) -> tuple[int, int]:
        html = browser.get("/", params={"as": person, "at": at}).text
        places = html[html.index('aria-label="Places in Slack"') : html.index("<main>")]
        return places.count('class="badge"'), html.count('class="badge"')

    parent = sandbox.workspace.say("carla", "#customers", "Help")
    sandbox.workspace.say("ada", "#customers", "Coming", thread_ts=parent)

    assert marks("U0ADA", "C0SUPPORT")[0] == 1
    assert marks("U0ADA", "C0CUSTOMERS")[0] == 0
    assert marks("U0ADA", "C0SUPPORT")[0] == 0
    assert marks("U0CARLA", "D0CARLA")[0] == 1


def test_many_people_stand_in_a_menu(sandbox: Sandbox, browser: httpx.Client) -> None:
    for number in range(3):
        sandbox.workspace.add_person(f"guest{number}", f"Guest {number}")

    html = browser.get("/", params={"as": "U0GUEST1"}).text

    assert 'aria-label="2 more people"' in html
    assert html.count('class="who') == 5
    assert re.search(r'aria-current="true"><span class="face face-2" aria-hidden="true">Gu</span>', html)


def test_a_message_shortcut_reaches_the_bot(sandbox: Sandbox, browser: httpx.Client, wire: Wire) -> None:
    sandbox.page.stage = Stage(
        (Command("/case", "cases", (("list", "all"),)),), (Shortcut("send", "Send to customer"),)
    )
    ts = sandbox.workspace.say("ada", "#support", "On its way")
    wire.ack(wire.hear())
    html = browser.get("/", params={"as": "U0ADA", "at": "C0SUPPORT"}).text

    with answering(wire) as heard:
        browser.post("/sandbox/shortcut", data={"as": "U0ADA", "channel": "C0SUPPORT", "ts": ts, "callback_id": "send"})

    assert "Send to customer" in html
    assert 'value="/case list"' in html
    assert heard[0]["payload"]["callback_id"] == "send"
    assert heard[0]["payload"]["message_ts"] == ts


def test_a_private_message_can_be_dismissed(sandbox: Sandbox, browser: httpx.Client, client: WebClient) -> None:
    client.chat_postEphemeral(channel="C0SUPPORT", user="U0ADA", text="Only for you")
    [whisper] = sandbox.workspace.ephemerals("ada")
    shown = browser.get("/", params={"as": "U0ADA", "at": "C0SUPPORT"}).text

    browser.post("/sandbox/dismiss", data={"as": "U0ADA", "channel": "C0SUPPORT", "ts": whisper["ts"]})

    assert "Only you can see this" in shown
    assert sandbox.workspace.ephemerals("ada") == []


def test_a_link_to_a_message_leads_to_it(sandbox: Sandbox, browser: httpx.Client) -> None:
    ts = sandbox.workspace.say("carla", "#customers", "Help")

    page = browser.get(f"/archives/C0CUSTOMERS/p{ts.replace('.', '')}", params={"as": "U0AMOS"}, follow_redirects=False)

    assert page.headers["location"] == f"/?as=U0AMOS&at=C0CUSTOMERS&newest=2000#m{ts}"
