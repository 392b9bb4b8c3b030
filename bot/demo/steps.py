"""The story the demo's page tells: what to try with Casebot, and when it has happened.

A new step is one more row: a key, a title, a hint, `done` of the world, where it shows; `acts` has what rows share.
"""

from __future__ import annotations

from bot.demo import acts
from bot.demo.acts import ALERTING, CARLA, LOGGING, SUPPORT
from bot.sandbox.page_plugs import BOT
from bot.sandbox.page_story import Step, View

CARLAS_MAIL = View("carla", "#customers", "mail", "own")


STEPS = (
    Step(
        "mail",
        "Carla writes a mail",
        "Her parcel never came. A second later it is a case, and its card stands in #support.",
        lambda world: bool(acts.cards(world)),
        View("ada", SUPPORT),
        acts.first_mail,
        by_hand=CARLAS_MAIL,
    ),
    Step(
        "chase",
        "She asks three more times",
        "The fourth message without an answer raises an alert in #alerting.",
        lambda world: bool(acts.said(world, ALERTING, "without an answer")),
        View("ada", ALERTING),
        acts.chase,
        by_hand=CARLAS_MAIL,
    ),
    Step(
        "acknowledge",
        "Ada says: I have it",
        "Be Ada and press Acknowledge on the alert. It stops the alarm and closes nothing.",
        lambda world: bool(acts.said(world, ALERTING, "acknowledged by")),
        View("ada", ALERTING),
        acts.acknowledge,
    ),
    Step(
        "reply",
        "Ada answers Carla",
        "Press Reply on the card in #support and write; the answer lands in Carla’s mailbox.",
        lambda world: bool(acts.answers_to(world, CARLA)),
        CARLAS_MAIL,
        acts.reply,
        by_hand=View("ada", SUPPORT),
    ),
    Step(
        "answer",
        "Carla writes back",
        "She answers that mail; her words join the case, in the thread of its card.",
        lambda world: acts.is_answered_back(world, CARLA),
        View("ada", SUPPORT),
        acts.answer_back,
        by_hand=CARLAS_MAIL,
    ),
    Step(
        "envelope",
        "Ada sends what she wrote in the thread",
        "Thread words are internal until somebody reacts to them with :envelope:.",
        acts.is_sent_by_reaction,
        View("ada", SUPPORT),
        acts.send_by_reaction,
        possible=lambda world: "reaction_added" in world.hears,
    ),
    Step(
        "eyes",
        "Ada takes the case",
        "React to Carla’s card with :eyes: and the case is yours; take the reaction away and it is nobody’s.",
        acts.is_taken,
        View("ada", SUPPORT),
        acts.take,
        possible=lambda world: "reaction_added" in world.hears,
    ),
    Step(
        "urgent",
        "Cosmo writes “urgent” in Slack",
        "A direct message to Casebot with a word that can’t wait: case and alert at once.",
        lambda world: any(acts.URGENT.search(message.text) for message in acts.said(world, ALERTING, "Cosmo")),
        View("ada", ALERTING),
        acts.urgent,
        by_hand=View("cosmo", "@casebot"),
    ),
    Step(
        "wait",
        "48 hours pass",
        "Move the clock. Whoever waits longer than two days is escalated, and the alert says whose turn it is.",
        lambda world: bool(acts.said(world, ALERTING, "waiting 4")),
        View("ada", ALERTING),
        acts.wait,
        label="Move the clock",
    ),
    Step(
        "forge",
        "Somebody pretends to be Ada",
        "A forged mail asks to close Carla’s case. Nothing changes; #support is asked what to do.",
        lambda world: bool(acts.said(world, SUPPORT, "sender not verified")),
        View("ada", SUPPORT),
        acts.forge,
        label="Forge a mail",
        by_hand=View("ada", SUPPORT, "mail", "own"),
    ),
    Step(
        "close",
        "Ada closes the case",
        "In the thread of Carla’s card in #support, write: I’m closing this case. #logging gets its line.",
        lambda world: bool(acts.closures(world)),
        View("ada", LOGGING),
        acts.close,
        by_hand=View("ada", SUPPORT),
    ),
    Step(
        "again",
        "Carla writes once more",
        "Her case is closed, so her next mail opens a new one.",
        acts.opened_anew,
        View("ada", SUPPORT),
        acts.write_again,
        by_hand=CARLAS_MAIL,
    ),
    Step(
        "command",
        "Ask with /case",
        "Type `/case list` as Ada, or `/case why` with a number: the rules as arithmetic. Only she sees the answer.",
        lambda world: "ada" in world.commanders,
        View("ada", SUPPORT),
        acts.ask,
    ),
    Step(
        "home",
        "Look at App Home",
        "Open Home as Ada: the whole desk. As Carla it shows only her own cases.",
        lambda world: "ada" in world.homes,
        View("ada", "home"),
        acts.open_home,
    ),
    Step(
        "kill",
        "Kill the bot",
        "Press Bot above, write as a customer, start it again: nothing is lost, nothing comes twice.",
        lambda world: world.returns.get(BOT, 0) > 0,
        View("ada", SUPPORT),
        acts.outage(BOT, "the bot"),
        possible=lambda world: BOT in world.plugs,
    ),
    Step(
        "away",
        "Pull Slack’s plug",
        "Customers’ mails still become cases; what there is to say is said when Slack is back.",
        lambda world: world.returns.get("slack", 0) > 0,
        View("ada", SUPPORT),
        acts.outage("slack", "Slack"),
    ),
)
