"""The story the demo's page tells: what to try with Casebot, and when it has happened."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from bot.sandbox.page_plugs import BOT
from bot.sandbox.page_story import Actor, Said, Step, View, World

SUPPORT, ALERTING, LOGGING = "#support", "#alerting", "#logging"
SUBJECT = "Order 1017"
CHASES = ("Any news?", "Hello?", "Is anybody there?")
URGENT = re.compile(r"\b(urgent|immediately|emergency|critical)", re.IGNORECASE)
CASE = re.compile(r"CASE-\d+")
CLOSED = re.compile(r"Case #CASE-\d+ closed at")


def said(world: World, place: str, *words: str) -> list[Said]:
    """Return what was said in a place with all these words in it."""
    return [message for message in world.said.get(place, ()) if all(word in message.text for word in words)]


def cards(world: World) -> list[Said]:
    """Return the messages of the support channel that are cards of cases."""
    return [
        message for message in said(world, SUPPORT, "CASE-") if not message.thread_ts or message.thread_ts == message.ts
    ]


def closures(world: World) -> list[Said]:
    """Return the lines of the closing log."""
    return [message for message in world.said.get(LOGGING, ()) if CLOSED.search(message.text)]


def opened_anew(world: World) -> bool:
    """Whether a card came after the first closure."""
    closed = closures(world)
    return bool(closed) and any(card.ts > closed[0].ts for card in cards(world))


def has_button(world: World, label: str) -> bool:
    """Whether a card has a button called like this."""
    return any(label == name for card in cards(world) for name, _ in card.buttons)


def _case_of(world: World, word: str) -> tuple[str, Said]:
    """Return the newest open case whose card has this word; LookupError says what to do first."""
    for card in reversed(cards(world)):
        found = CASE.search(card.text)
        if found and word in card.text and card.buttons:
            return found[0], card
    raise LookupError("there is no open case for that yet: do the first step first")


def _mail(actor: Actor, subject: str, text: str) -> None:
    own = [letter for letter in actor.world.mails if letter.address == "carla@customer.test"]
    answered = own[-1].message_id if own and subject.startswith("Re:") else None
    actor.mailbox.send("Carla Customer <carla@customer.test>", subject, text, in_reply_to=answered)


def _first_mail(actor: Actor) -> None:
    _mail(actor, SUBJECT, "My parcel never came. Where is it?\n\nCarla")


def _chase(actor: Actor) -> None:
    for words in CHASES:
        _mail(actor, f"Re: {SUBJECT}", words)


def _acknowledge(actor: Actor) -> None:
    for alert in reversed(actor.world.said.get(ALERTING, ())):
        for label, action_id in alert.buttons:
            if label == "Acknowledge":
                actor.workspace.click("ada", ALERTING, alert.ts, action_id)
                return
    raise LookupError("no alert waits for an acknowledgement: let Carla ask three more times first")


def _urgent(actor: Actor) -> None:
    actor.workspace.say("cosmo", "@casebot", "Our shop is down, this is urgent!")


def _wait(actor: Actor) -> None:
    actor.advance(timedelta(hours=48, minutes=3))


def _forge(actor: Actor) -> None:
    case_id, _ = _case_of(actor.world, "Carla")
    actor.mailbox.send("Ada Admin <ada@desk.test>", f"{case_id}", "I'm closing this case.\n" + case_id, verified=False)


def _close(actor: Actor) -> None:
    _, card = _case_of(actor.world, "Carla")
    actor.workspace.say("ada", SUPPORT, "Found it. I’m closing this case.", thread_ts=card.ts)


def _write_again(actor: Actor) -> None:
    _mail(actor, "Invoice", "Another thing: where is my invoice?")


def _list(actor: Actor) -> None:
    actor.workspace.command("ada", SUPPORT, "/case", "list")


def _open_home(actor: Actor) -> None:
    actor.workspace.open_home("ada")


def _outage(name: str, title: str) -> Callable[[Actor], None]:
    """Take something away, let both customers write, and bring it back."""

    def act(actor: Actor) -> None:
        actor.outlets.turn(name, on=False)
        _mail(actor, "Meanwhile", f"Sent while {title} was away.")
        actor.workspace.say("cosmo", "@casebot", f"Written while {title} was away.")
        actor.outlets.turn(name, on=True)

    return act


CARLAS_MAIL = View("carla", "#customers", "mail", "own")

STEPS = (
    Step(
        "mail",
        "Carla writes a mail",
        "Her parcel never came. A second later it is a case, and its card stands in #support.",
        lambda world: bool(cards(world)),
        View("ada", SUPPORT),
        _first_mail,
        by_hand=CARLAS_MAIL,
    ),
    Step(
        "chase",
        "She asks three more times",
        "The fourth message without an answer raises an alert in #alerting.",
        lambda world: bool(said(world, ALERTING, "without an answer")),
        View("ada", ALERTING),
        _chase,
        by_hand=CARLAS_MAIL,
    ),
    Step(
        "acknowledge",
        "Ada says: I have it",
        "Be Ada and press Acknowledge on the alert. It stops the alarm and closes nothing.",
        lambda world: bool(said(world, ALERTING, "acknowledged by")),
        View("ada", ALERTING),
        _acknowledge,
    ),
    Step(
        "reply",
        "Ada answers Carla",
        "Press Reply on the card in #support and write; the answer lands in Carla’s mailbox.",
        lambda world: world.received.get("carla@customer.test", 0) > 0,
        View("ada", SUPPORT),
        possible=lambda world: has_button(world, "Reply") or world.received.get("carla@customer.test", 0) > 0,
    ),
    Step(
        "urgent",
        "Cosmo writes “urgent” in Slack",
        "A direct message to Casebot with a word that can’t wait: case and alert at once.",
        lambda world: any(URGENT.search(message.text) for message in said(world, ALERTING, "Cosmo")),
        View("ada", ALERTING),
        _urgent,
        by_hand=View("cosmo", "@casebot"),
    ),
    Step(
        "wait",
        "48 hours pass",
        "Move the clock. Whoever waits longer than two days is escalated, and the alert says whose turn it is.",
        lambda world: bool(said(world, ALERTING, "waiting 4")),
        View("ada", ALERTING),
        _wait,
        label="Move the clock",
    ),
    Step(
        "forge",
        "Somebody pretends to be Ada",
        "A forged mail asks to close Carla’s case. Nothing changes; #support is asked what to do.",
        lambda world: bool(said(world, SUPPORT, "sender not verified")),
        View("ada", SUPPORT),
        _forge,
        label="Forge a mail",
        by_hand=View("ada", SUPPORT, "mail", "own"),
    ),
    Step(
        "close",
        "Ada closes the case",
        "In the thread of Carla’s card in #support, write: I’m closing this case. #logging gets its line.",
        lambda world: bool(closures(world)),
        View("ada", LOGGING),
        _close,
        by_hand=View("ada", SUPPORT),
    ),
    Step(
        "again",
        "Carla writes once more",
        "Her case is closed, so her next mail opens a new one.",
        opened_anew,
        View("ada", SUPPORT),
        _write_again,
        by_hand=CARLAS_MAIL,
    ),
    Step(
        "command",
        "Ask with /case",
        "Type /case list as Ada. Only she sees the answer.",
        lambda world: any("CASE-" in text for text in world.whispers.get("ada", ())),
        View("ada", SUPPORT),
        _list,
    ),
    Step(
        "home",
        "Look at App Home",
        "Open Home as Ada: the whole desk. As Carla it shows only her own cases.",
        lambda world: "ada" in world.homes,
        View("ada", "home"),
        _open_home,
    ),
    Step(
        "kill",
        "Kill the bot",
        "Press Bot above, write as a customer, start it again: nothing is lost, nothing comes twice.",
        lambda world: world.returns.get(BOT, 0) > 0,
        View("ada", SUPPORT),
        _outage(BOT, "the bot"),
        possible=lambda world: BOT in world.plugs,
    ),
    Step(
        "away",
        "Pull Slack’s plug",
        "Customers’ mails still become cases; what there is to say is said when Slack is back.",
        lambda world: world.returns.get("slack", 0) > 0,
        View("ada", SUPPORT),
        _outage("slack", "Slack"),
    ),
)
