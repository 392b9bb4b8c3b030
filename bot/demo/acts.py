"""What the story's steps look for in the sandbox, and what they do by themselves, as people would."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from bot.sandbox.page_letters import Letter
from bot.sandbox.page_story import Actor, Said, World
from bot.sandbox.shapes import Json

SUPPORT, ALERTING, LOGGING = "#support", "#alerting", "#logging"
SUBJECT = "Order 1017"
CHASES = ("Any news?", "Hello?", "Is anybody there?")
CARLA = "carla@customer.test"
SECONDS = 10.0
"""How long a step waits for the bot's modal before it says that it did not come."""
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


def answers_to(world: World, address: str) -> tuple[Letter, ...]:
    """Return what the desk sent somebody."""
    return world.received.get(address, ())


def is_answered_back(world: World, address: str) -> bool:
    """Whether somebody wrote back to what the desk sent."""
    sent = {letter.message_id for letter in answers_to(world, address)}
    return any(letter.address == address and sent & set(letter.references) for letter in world.mails)


def is_sent_by_reaction(world: World) -> bool:
    """Whether an internal message got somebody's envelope and then the bot's."""
    return any({"envelope", "email"} & m.reactions and "incoming_envelope" in m.reactions for m in said(world, SUPPORT))


def _button(card: Said, label: str) -> str:
    for name, action_id in card.buttons:
        if name == label:
            return action_id
    raise LookupError(f"the card has no button called {label}")


def _words_field(view: Json) -> str:
    """Return the block of a modal in which one writes."""
    for block in view["blocks"]:
        if block["type"] == "input" and block["element"]["type"] == "plain_text_input":
            return str(block["block_id"])
    raise LookupError("there is nothing to write in in that modal")


def _case_of(world: World, word: str) -> tuple[str, Said]:
    """Return the newest open case whose card has this word; LookupError says what to do first."""
    for card in reversed(cards(world)):
        found = CASE.search(card.text)
        if found and word in card.text and card.buttons:
            return found[0], card
    raise LookupError("there is no open case for that yet: do the first step first")


def _mail(actor: Actor, subject: str, text: str) -> None:
    own = [letter for letter in actor.world.mails if letter.address == CARLA]
    answered = own[-1].message_id if own and subject.startswith("Re:") else None
    actor.mailbox.send(f"Carla Customer <{CARLA}>", subject, text, in_reply_to=answered)


def first_mail(actor: Actor) -> None:
    """Let Carla write her first mail."""
    _mail(actor, SUBJECT, "My parcel never came. Where is it?\n\nCarla")


def chase(actor: Actor) -> None:
    """Let her ask three more times."""
    for words in CHASES:
        _mail(actor, f"Re: {SUBJECT}", words)


def acknowledge(actor: Actor) -> None:
    """Press Acknowledge on the newest alert that has it."""
    for alert in reversed(actor.world.said.get(ALERTING, ())):
        for label, action_id in alert.buttons:
            if label == "Acknowledge":
                actor.workspace.click("ada", ALERTING, alert.ts, action_id)
                return
    raise LookupError("no alert waits for an acknowledgement: let Carla ask three more times first")


def reply(actor: Actor) -> None:
    """Press Reply on Carla's card, write into the modal, send it."""
    _, card = _case_of(actor.world, "Carla")
    workspace = actor.workspace
    workspace.click("ada", SUPPORT, card.ts, _button(card, "Reply"))
    try:
        view = workspace.wait_for(lambda: workspace.modal("ada") or {}, SECONDS)
    except TimeoutError:
        raise LookupError("the bot opened no modal to write in; is it running?") from None
    workspace.submit_view("ada", {_words_field(view): "Sorry for the wait! Your parcel is on its way: track 1017."})


def answer_back(actor: Actor) -> None:
    """Let Carla answer the desk's last mail, as her mail program would."""
    answers = answers_to(actor.world, CARLA)
    if not answers:
        raise LookupError("the desk has sent Carla nothing yet: let Ada answer first")
    last = answers[-1]
    actor.mailbox.send(
        f"Carla Customer <{CARLA}>", f"Re: {last.topic}", "It came today. Thank you!", in_reply_to=last.message_id
    )


def send_by_reaction(actor: Actor) -> None:
    """Write into the thread of Carla's card, then react with an envelope to that."""
    _, card = _case_of(actor.world, "Carla")
    ts = actor.workspace.say("ada", SUPPORT, "The carrier promises tomorrow before noon.", thread_ts=card.ts)
    actor.workspace.react("ada", SUPPORT, ts, "envelope")


def urgent(actor: Actor) -> None:
    """Let Cosmo write something urgent."""
    actor.workspace.say("cosmo", "@casebot", "Our shop is down, this is urgent!")


def wait(actor: Actor) -> None:
    """Let 48 hours pass, and a little."""
    actor.advance(timedelta(hours=48, minutes=3))


def forge(actor: Actor) -> None:
    """Send a mail in Ada's name that no server vouches for."""
    case_id, _ = _case_of(actor.world, "Carla")
    actor.mailbox.send("Ada Admin <ada@desk.test>", f"{case_id}", "I'm closing this case.\n" + case_id, verified=False)


def close(actor: Actor) -> None:
    """Let Ada write the closing phrase in the thread of Carla's card."""
    _, card = _case_of(actor.world, "Carla")
    actor.workspace.say("ada", SUPPORT, "Found it. I’m closing this case.", thread_ts=card.ts)


def write_again(actor: Actor) -> None:
    """Let Carla write about something else."""
    _mail(actor, "Invoice", "Another thing: where is my invoice?")


def take(actor: Actor) -> None:
    """React to Carla's card with eyes."""
    _, card = _case_of(actor.world, "Carla")
    actor.workspace.react("ada", SUPPORT, card.ts, "eyes")


def is_taken(world: World) -> bool:
    """Whether a card got Ada's eyes and has her name for it."""
    return any("eyes" in card.reactions and ":bust_in_silhouette:" in card.text for card in cards(world))


def ask(actor: Actor) -> None:
    """Ask why Carla's case stands as it does, as Ada."""
    case_id, _ = _case_of(actor.world, "Carla")
    actor.workspace.command("ada", SUPPORT, "/case", f"why {case_id}")


def open_home(actor: Actor) -> None:
    """Open the App Home as Ada."""
    actor.workspace.open_home("ada")


def outage(name: str, title: str) -> Callable[[Actor], None]:
    """Take something away, let both customers write, and bring it back."""

    def act(actor: Actor) -> None:
        actor.outlets.turn(name, on=False)
        _mail(actor, "Meanwhile", f"Sent while {title} was away.")
        actor.workspace.say("cosmo", "@casebot", f"Written while {title} was away.")
        actor.outlets.turn(name, on=True)

    return act
