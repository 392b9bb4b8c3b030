"""Reports without RFC 3464, of many servers and languages, and the mails of people and robots that resemble them."""

import pytest

from bot.mail.parser import ParsedMail, parse

RETURNED = (
    "Message-ID: <answer-1@desk.test>\nFrom: Desk <support@desk.test>\nTo: Carla <carla@example.com>\n"
    "Subject: Re: printer\n\nOn it."
)

# (From, Subject, text); all are about carla@example.com.
REPORTS = {
    "Exchange 2003": (
        "System Administrator <postmaster@example.com>", "Undeliverable: Re: printer",
        "Your message did not reach some or all of the intended recipients.\n\n      Subject:  Re: printer\n"
        "      Sent:     2/4/2025 10:00 AM\n\nThe following recipient(s) could not be reached:\n\n"
        "      carla@example.com on 2/4/2025 10:01 AM\n            The e-mail account does not exist at the"
        " organization"
        " this message was sent to.  Check the e-mail address, or contact the recipient directly to find out the"
        " correct address.\n            <mail.example.com #5.1.1>",
    ),
    "Exchange Online": (
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>", "Undeliverable: Re:"
        " printer",
        "Your message to carla@example.com couldn't be delivered.\ncarla wasn't found at example.com.\n\nsupport\n"
        "Office 365\ncarla\nAction Required\nRecipient\nUnknown To address\nHow to Fix It\nThe address may be"
        " misspelled"
        " or may not exist.\n\nMore Info for Email Admins\nStatus code: 550 5.1.10",
    ),
    "Exchange, German": (
        "Microsoft Outlook <postmaster@example.com>", "Unzustellbar: Re: printer",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\ncarla@example.com\n"
        "Die eingegebene E-Mail-Adresse konnte nicht gefunden werden.\n\nDiagnoseinformationen für Administratoren:\n"
        "carla@example.com\nRemote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'",
    ),
    "Exchange, French": (
        "Microsoft Outlook <postmaster@example.com>", "Non remis : Re: printer",
        "Échec de la remise pour les destinataires ou groupes suivants :\n\ncarla@example.com\nL'adresse de courrier"
        " que vous avez entrée est introuvable.\n\nInformations de diagnostic pour les administrateurs :\n"
        "#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##",
    ),
    "Exchange, Spanish": (
        "Microsoft Outlook <postmaster@example.com>", "No se puede entregar: Re: printer",
        "Error de entrega a estos destinatarios o grupos:\n\ncarla@example.com\nNo se pudo entregar el mensaje. No se"
        " encuentra la dirección de correo electrónico que ha escrito.\n\n550 5.1.1 RESOLVER.ADR.RecipNotFound",
    ),
    "Gmail": (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
        "** Address not found **\n\nYour message wasn't delivered to carla@example.com because the address couldn't be"
        " found, or is unable to receive mail.\n\nThe response from the remote server was:\n550 5.1.1"
        " <carla@example.com>"
        " User unknown",
    ),
    "Gmail, German": (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
        "** Die Adresse wurde nicht gefunden **\n\nIhre Nachricht wurde nicht an carla@example.com zugestellt, weil die"
        " Adresse nicht gefunden wurde oder keine E-Mails empfangen kann.\n\nAntwort:\n550 5.1.1 no such user",
    ),
    "Amazon SES": (
        "MAILER-DAEMON@eu-west-1.amazonses.com", "Delivery Status Notification (Failure)",
        "An error occurred while trying to deliver the mail to the following recipients:\ncarla@example.com\n",
    ),
    "Exim, warning": (
        "Mail Delivery System <Mailer-Daemon@mx.desk.test>", "Warning: message 1tfXyz-0001ab-2C delayed 24 hours",
        "This message was created automatically by mail delivery software.\nA message that you sent has not yet been"
        " delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.desk.test.\n\n"
        "The address to which the message has not yet been delivered is:\n\n  carla@example.com\n    Delay reason:"
        " connection timed out\n\nNo action is required on your part. Delivery attempts will continue",
    ),
    "GMX": (
        "GMX Mailer Daemon <mailer-daemon@gmx.de>", "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be"
        " delivered to\none or more of its recipients. This is a permanent error.\nThe following address failed:\n\n"
        "\"carla@example.com\":\nno such user, 550 5.1.1\n\n--- The header of the original message is following. ---\n",
    ),
    "T-Online": (
        "Mail Delivery Subsystem <mailer-daemon@t-online.de>", "Unzustellbare Nachricht",
        "Ihre E-Mail konnte nicht zugestellt werden.\n\nDie E-Mail an carla@example.com kam zurück:\n550 5.1.1"
        " Unbekannter"
        " Empfänger\n",
    ),
    "Orange": (
        "MAILER-DAEMON@smtp.orange.fr (Mail Delivery System)", "Message non distribué / Undelivered mail",
        "Votre message n'a pas pu être distribué.\n\n<carla@example.com>: host mx.example.com said: 550 5.1.1 Adresse"
        " d au moins un destinataire invalide",
    ),
    "Telefónica": (
        "Sistema de Correo <MAILER-DAEMON@telefonica.net>", "Mensaje no entregado",
        "El mensaje no pudo ser entregado a los siguientes destinatarios:\n\n<carla@example.com>\n550 5.1.1 usuario"
        " desconocido",
    ),
    "docomo": (
        "Mail Administrator <postmaster@docomo.example>", "Undelivered Mail / 送信できませんでした",
        "次のあて先へのメッセージはエラーのため送信できませんでした。\n\n  宛先 <carla@example.com>\n\n550 Unknown user"
        " carla@example.com\n",
    ),
    "Lotus Notes": (
        "Mail Router <postmaster@example.com>", "DELIVERY FAILURE: User carla (carla@example.com) not listed in Domino"
        " Directory",
        "Your message\n\n  Subject: Re: printer\n\nwas not delivered to:\n\n  carla@example.com\n\nbecause:\n\n "
        " User carla"
        " (carla@example.com) not listed in Domino Directory",
    ),
    "Mimecast": (
        "Mimecast Postmaster <postmaster@mimecast.example>", "[Postmaster] Email Delivery Failure",
        "This is an email abuse and delivery notice.\n\nThe message you sent to carla@example.com was rejected, it"
        " could"
        " not be delivered:\n550 Invalid Recipient - the mailbox is unavailable",
    ),
}  # fmt: skip

# (fields besides, Subject, text): nobody's mail came back here.
ORDINARY = {
    "asks about a bounce": ("", "Your mail bounced", "Hi,\nI wrote to billing@desk.test and got: 550 5.1.1 user"
        " unknown."
                            " Which address should I use?"),
    "forwards a bounce": ("", "Fwd: Undeliverable: invoice", "See below, why?\n\n-------- Forwarded message --------\n"
                          "From: postmaster@example.com\n\nYour message did not reach the following"
                          " recipient(s):\nx@y.test"),
    "a parcel": ("", "Delivery failed again", "Your courier failed to deliver to my address carla@example.com's"
        " house."),
    "an outage": ("", "Mail delivery problems since Monday", "Since Monday our mails can not be delivered, please"
        " check your"
                  " server. All recipients are concerned."),
    "a full mailbox": ("", "Mailbox full", "My mailbox is full, how do I raise the quota?"),
    "out of paper": ("", "Out of office supplies", "We are out of toner and paper."),
    "a holiday": ("", "Automatic reply does not work", "Hello,\nthe automatic reply in your app does not work."),
    "German": ("", "Unzustellbare Pakete", "Guten Tag, drei Pakete kamen als unzustellbar zurück. Was nun?"),
    "French": ("", "Échec de la livraison", "Bonjour, la livraison a échoué, mon adresse est inconnue du livreur."),
    "Japanese": ("", "送信できません", "お世話になっております。メールが送信できません。どうすればいいですか。"),
    "answers us": ("In-Reply-To: <answer-1@desk.test>\n", "Re: Delivery status", "Thanks, it has been delivered"
        " now.\n\n"
                   "> Your parcel could not be delivered"),
    "from a list": ("List-Id: <users.example.com>\nPrecedence: list\n", "Bounces on this list", "Who else sees"
        " bounced mail"
                    " with 5.7.1?"),
    "a wish": ("X-Auto-Response-Suppress: All\nAuto-Submitted: no\n", "Out of stock?", "Is the ink out of stock?"),
}  # fmt: skip


def mail(sender: str, subject: str, text: str, more: str = "") -> ParsedMail:
    return parse(
        f"From: {sender}\nTo: support@desk.test\nSubject: {subject}\n{more}"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()
    )


@pytest.mark.parametrize("server", REPORTS)
@pytest.mark.parametrize(
    "returned", ["", f"\n\n----- Original message -----\n\n{RETURNED}"], ids=["alone", "with mail"]
)
def test_a_servers_letter_is_a_bounce(server: str, returned: str) -> None:
    sender, subject, text = REPORTS[server]

    found = mail(sender, subject, text + returned)

    assert found.is_bounce
    assert [bounce.recipient for bounce in found.bounces] == ["carla@example.com"]
    assert not returned or found.returned_ids == ("<answer-1@desk.test>",)


@pytest.mark.parametrize("kind", ORDINARY)
def test_peoples_words_about_such_things_are_no_robots(kind: str) -> None:
    more, subject, text = ORDINARY[kind]

    found = mail("Carla <carla@example.com>", subject, text, more)

    assert not found.is_bounce
    assert not found.is_auto_reply
    assert found.bounces == ()
