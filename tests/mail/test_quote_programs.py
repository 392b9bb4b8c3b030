"""Replies as the mail programs of the world write them: the quoted phrase never survives, the new words always do."""

import textwrap

import pytest

from bot.mail.quoting import new_text
from tests.mail.samples import PHRASE

# Headings above a quote that is marked with `>`, and, where an address stands in it, above one that is not.
ATTRIBUTIONS = {
    "English, Gmail": "On Tue, Feb 4, 2025 at 10:00\u202fAM Ada Admin <ada@desk.test> wrote:",
    "English, Gmail UK": "On Tue, 4 Feb 2025 at 10:00, Ada Admin <ada@desk.test> wrote:",
    "English, Apple Mail": "On 4 Feb 2025, at 10:00, Ada Admin <ada@desk.test> wrote:",
    "English, Thunderbird": "On 2/4/25 10:00, Ada Admin wrote:",
    "English, Proton": "On Tuesday, February 4th, 2025 at 10:00 AM, Ada Admin <ada@desk.test> wrote:",
    "English, Yahoo": "On Tuesday, February 4, 2025 at 10:00:00 AM GMT+1, Ada Admin <ada@desk.test> wrote:",
    "English, Zoho": "---- On Tue, 04 Feb 2025 10:00:00 +0100 Ada Admin <ada@desk.test> wrote ----",
    "English, Outlook for Mac": "On 2/4/25, 10:00 AM, \"Ada Admin\" <ada@desk.test> wrote:",
    "German, Gmail": "Am Di., 4. Feb. 2025 um 10:00 Uhr schrieb Ada Admin <ada@desk.test>:",
    "German, Apple Mail": "Am 04.02.2025 um 10:00 schrieb Ada Admin <ada@desk.test>:",
    "German, Thunderbird": "Am 04.02.25 um 10:00 schrieb Ada Admin:",
    "German, GMX": "Gesendet: Dienstag, 4. Februar 2025 um 10:00 Uhr\nVon: \"Ada Admin\" <ada@desk.test>\n"
    "An: carla@example.com\nBetreff: Ihre Frage",
    "French, Gmail": "Le mar. 4 févr. 2025 à 10:00, Ada Admin <ada@desk.test> a écrit :",
    "French, Apple Mail": "Le 4 févr. 2025 à 10:00, Ada Admin <ada@desk.test> a écrit\u00a0:",
    "French, Thunderbird": "Le 04/02/2025 à 10:00, Ada Admin a écrit\u00a0:",
    "Spanish, Gmail": "El mar, 4 feb 2025 a las 10:00, Ada Admin (<ada@desk.test>) escribió:",
    "Spanish, Apple Mail": "El 4 feb 2025, a las 10:00, Ada Admin <ada@desk.test> escribió:",
    "Spanish, Thunderbird": "El 4/2/25 a las 10:00, Ada Admin escribió:",
    "Italian, Gmail": "Il giorno mar 4 feb 2025 alle ore 10:00 Ada Admin <ada@desk.test> ha scritto:",
    "Italian, Apple Mail": "Il giorno 4 feb 2025, alle ore 10:00, Ada Admin <ada@desk.test> ha scritto:",
    "Italian, Thunderbird": "Il 04/02/2025 10:00, Ada Admin ha scritto:",
    "Portuguese, Gmail": "Em ter., 4 de fev. de 2025 às 10:00, Ada Admin <ada@desk.test> escreveu:",
    "Portuguese, Apple Mail": "No dia 4 de fev. de 2025, às 10:00, Ada Admin <ada@desk.test> escreveu:",
    "Portuguese, Thunderbird": "Em 04/02/2025 10:00, Ada Admin escreveu:",
    "Dutch, Gmail": "Op di 4 feb 2025 om 10:00 schreef Ada Admin <ada@desk.test>:",
    "Dutch, Apple Mail": "Op 4 feb. 2025 om 10:00 heeft Ada Admin <ada@desk.test> het volgende geschreven:",
    "Dutch, Thunderbird": "Op 04-02-2025 om 10:00 schreef Ada Admin:",
    "Polish, Gmail": "wt., 4 lut 2025 o 10:00 Ada Admin <ada@desk.test> napisał(a):",
    "Polish, Apple Mail": "Wiadomość napisana przez Ada Admin <ada@desk.test> w dniu 4 lut 2025, o godz. 10:00:",
    "Polish, Thunderbird": "W dniu 4.02.2025 o 10:00, Ada Admin pisze:",
    "Danish, Gmail": "Den tirs. 4. feb. 2025 kl. 10.00 skrev Ada Admin <ada@desk.test>:",
    "Danish, Apple Mail": "Den 4. feb. 2025 kl. 10.00 skrev Ada Admin <ada@desk.test>:",
    "Danish, Thunderbird": "Den 04-02-2025 kl. 10:00 skrev Ada Admin:",
    "Norwegian, Gmail": "tir. 4. feb. 2025 kl. 10:00 skrev Ada Admin <ada@desk.test>:",
    "Swedish, Gmail": "Den tis 4 feb. 2025 kl 10:00 skrev Ada Admin <ada@desk.test>:",
    "Swedish, Apple Mail": "4 feb. 2025 kl. 10:00 skrev Ada Admin <ada@desk.test>:",
    "Swedish, Thunderbird": "Den 2025-02-04 kl. 10:00, skrev Ada Admin:",
    "Finnish, Gmail": "ti 4. helmik. 2025 klo 10.00 Ada Admin (ada@desk.test) kirjoitti:",
    "Finnish, Apple Mail": "Ada Admin <ada@desk.test> kirjoitti 4.2.2025 kello 10.00:",
    "Finnish, Thunderbird": "Ada Admin kirjoitti 4.2.2025 klo 10.00:",
    "Russian, Gmail": "вт, 4 февр. 2025\u202fг. в 10:00, Ada Admin <ada@desk.test>:",
    "Russian, Apple Mail": "4 февр. 2025 г., в 10:00, Ada Admin <ada@desk.test> написал(а):",
    "Russian, Thunderbird": "04.02.2025 10:00, Ada Admin пишет:",
    "Russian, Mail.ru": "Вторник, 4 февраля 2025, 10:00 +03:00 от Ada Admin <ada@desk.test>:",
    "Russian, Yandex": "04.02.2025, 10:00, \"Ada Admin\" <ada@desk.test>:",
    "Japanese, Gmail": "2025年2月4日(火) 10:00 Ada Admin <ada@desk.test>:",
    "Japanese, Apple Mail": "2025/02/04 10:00、Ada Admin <ada@desk.test>のメール:",
    "Japanese, Thunderbird": "On 2025/02/04 10:00, Ada Admin wrote:",
    "Chinese, Gmail": "Ada Admin <ada@desk.test> 于2025年2月4日周二 10:00写道：",
    "Chinese, Apple Mail": "2025年2月4日 10:00，Ada Admin <ada@desk.test> 写道：",
    "Chinese, Thunderbird": "在 2025/2/4 10:00, Ada Admin 写道:",
    "Chinese, traditional": "Ada Admin <ada@desk.test> 於 2025年2月4日 週二 上午10:00寫道：",
    "Korean, Gmail": "2025년 2월 4일 (화) 오전 10:00, Ada Admin <ada@desk.test>님이 작성:",
    "Czech, Gmail": "út 4. 2. 2025 v 10:00 odesílatel Ada Admin <ada@desk.test> napsal:",
    "Hungarian, Gmail": "Ada Admin <ada@desk.test> ezt írta (időpont: 2025. febr. 4., K, 10:00):",
    "Turkish, Gmail": "Ada Admin <ada@desk.test>, 4 Şub 2025 Sal, 10:00 tarihinde şunu yazdı:",
    "Romanian, Gmail": "Pe mar., 4 feb. 2025 la 10:00, Ada Admin <ada@desk.test> a scris:",
    "Ukrainian, Gmail": "вт, 4 лют. 2025 р. о 10:00 Ada Admin <ada@desk.test> пише:",
}  # fmt: skip

# What stands above a quoted mail that bears no marks.
HEADERS = {
    "English, Outlook": "From: Ada Admin <ada@desk.test>\nSent: Tuesday, February 4, 2025 10:00 AM\n"
    "To: Carla <carla@example.com>\nSubject: RE: Question",
    "English, new Outlook": "________________________________\nFrom: Ada Admin <ada@desk.test>\n"
    "Sent: Tuesday, February 4, 2025 10:00\nTo: Carla\nSubject: Question",
    "English, bold": "**From:** Ada Admin\n**Sent:** Tuesday, February 4, 2025 10:00\n**To:** Carla\n**Subject:** x",
    "English, Outlook 2003": "-----Original Message-----\nFrom: Ada Admin\nSent: 04 February 2025 10:00\nTo: Carla",
    "English, Samsung": "-------- Original message --------\nFrom: Ada <ada@desk.test>\nDate: 04/02/2025 10:00",
    "English, old Proton": "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Tuesday, February 4th, 2025 at 10:00, Ada wrote:",
    "English, two fields": "From: Ada Admin <ada@desk.test>\nDate: Tue, 4 Feb 2025 10:00:00 +0100",
    "English, wrapped": "From: Ada Admin [mailto:\nada@desk.test]\nSent: Tuesday, February 4, 2025 10:00 AM\n"
    "To: Carla;\n  Cosmo; Conrad\nSubject: RE: A very long\nsubject",
    "English, Gmail forward": "---------- Forwarded message ---------\nFrom: Ada Admin <ada@desk.test>",
    "English, Apple forward": "Begin forwarded message:\n\nFrom: Ada Admin <ada@desk.test>",
    "German, Outlook": "Von: Ada Admin <ada@desk.test>\nGesendet: Dienstag, 4. Februar 2025 10:00\nAn: Carla\n"
    "Betreff: AW: Frage",
    "German, Outlook 2003": "-----Ursprüngliche Nachricht-----\nVon: Ada Admin",
    "German, Samsung": "-------- Ursprüngliche Nachricht --------\nVon: Ada <ada@desk.test>",
    "German, Thunderbird forward": "-------- Weitergeleitete Nachricht --------\nBetreff: Frage\nDatum: 4.2.2025",
    "French, Outlook": "De : Ada Admin <ada@desk.test>\nEnvoyé : mardi 4 février 2025 10:00\nÀ : Carla\n"
    "Objet : RE: Question",
    "French, Outlook 2003": "-----Message d'origine-----\nDe : Ada Admin",
    "Spanish, Outlook": "De: Ada Admin\nEnviado el: martes, 4 de febrero de 2025 10:00\nPara: Carla\nAsunto: RE: Duda",
    "Spanish, Samsung": "-------- Mensaje original --------\nDe: Ada Admin <ada@desk.test>",
    "Italian, Outlook": "Da: Ada Admin\nInviato: martedì 4 febbraio 2025 10:00\nA: Carla\nOggetto: R: Domanda",
    "Italian, Thunderbird forward": "-------- Messaggio Inoltrato --------\nOggetto: Domanda",
    "Portuguese, Outlook": "De: Ada Admin\nEnviado: terça-feira, 4 de fevereiro de 2025 10:00\nPara: Carla\n"
    "Assunto: RE: Dúvida",
    "Portuguese, Samsung": "-------- Mensagem original --------\nDe: Ada Admin",
    "Dutch, Outlook": "Van: Ada Admin\nVerzonden: dinsdag 4 februari 2025 10:00\nAan: Carla\nOnderwerp: RE: Vraag",
    "Dutch, Outlook 2003": "-----Oorspronkelijk bericht-----\nVan: Ada Admin",
    "Polish, Outlook": "Od: Ada Admin\nWysłano: wtorek, 4 lutego 2025 10:00\nDo: Carla\nTemat: RE: Pytanie",
    "Polish, Outlook 2003": "-----Wiadomość oryginalna-----\nOd: Ada Admin",
    "Danish, Outlook": "Fra: Ada Admin\nSendt: 4. februar 2025 10:00\nTil: Carla\nEmne: SV: Spørgsmål",
    "Danish, Outlook 2003": "-----Oprindelig meddelelse-----\nFra: Ada Admin",
    "Swedish, Outlook": "Från: Ada Admin\nSkickat: den 4 februari 2025 10:00\nTill: Carla\nÄmne: SV: Fråga",
    "Swedish, Outlook 2003": "-----Ursprungligt meddelande-----\nFrån: Ada Admin",
    "Finnish, Outlook": "Lähettäjä: Ada Admin\nLähetetty: tiistai 4. helmikuuta 2025 10.00\nVastaanottaja: Carla\n"
    "Aihe: VS: Kysymys",
    "Finnish, Outlook 2003": "-----Alkuperäinen viesti-----\nLähettäjä: Ada Admin",
    "Russian, Outlook": "От: Ada Admin\nОтправлено: 4 февраля 2025 г. 10:00\nКому: Carla\nТема: RE: Вопрос",
    "Russian, forward": "-------- Пересылаемое сообщение --------\n04.02.2025, 10:00",
    "Japanese, Outlook": "差出人: Ada Admin\n送信日時: 2025年2月4日 10:00\n宛先: Carla\n件名: RE: 質問",
    "Japanese, full width": "差出人：Ada Admin\n日時：2025年2月4日 10:00\n宛先：Carla\n件名：質問",
    "Chinese, Outlook": "发件人: Ada Admin\n发送时间: 2025年2月4日 10:00\n收件人: Carla\n主题: 回复: 问题",
    "Chinese, QQ": '------------------ 原始邮件 ------------------\n发件人: "Ada" <ada@desk.test>;',
    "Chinese, traditional": "寄件者: Ada Admin\n寄件日期: 2025年2月4日 10:00\n收件者: Carla\n主旨: 問題",
    "Korean, Outlook": "보낸 사람: Ada Admin\n보낸 날짜: 2025년 2월 4일 10:00\n받는 사람: Carla\n제목: 질문",
    "Czech, Outlook": "Od: Ada Admin\nOdesláno: úterý 4. února 2025 10:00\nKomu: Carla\nPředmět: Dotaz",
    "Turkish, Outlook": "Kimden: Ada Admin\nGönderildi: 4 Şubat 2025 Salı 10:00\nKime: Carla\nKonu: Soru",
}

ADVERTS = [
    "Sent from my iPhone", "Sent from Yahoo Mail on Android", "Sent from Mail for Windows",
    "Von meinem iPhone gesendet",
    "Gesendet von Outlook für iOS", "Gesendet mit der GMX Mail App", "Envoyé de mon iPhone", "Enviado desde mi iPhone",
    "Enviado do meu iPhone", "Inviato da iPhone", "Verstuurd vanaf mijn iPhone", "Wysłane z iPhone'a",
    "Sendt fra min iPhone", "Skickat från min iPhone", "Lähetetty iPhonesta", "Отправлено с iPhone", "iPhoneから送信",
    "发自我的 iPhone", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Sent with Proton Mail secure email.",
    "Holen Sie sich Outlook für Android", "Télécharger Outlook pour Android",
]  # fmt: skip

CLOSINGS = [
    "Best regards,\nCarla Customer\nHead of Office\n+49 30 1234567",
    "Mit freundlichen Grüßen\n\nCarla Kunde\nBeispiel GmbH, Musterstr. 5\nwww.example.com",
    "Cordialement,\nCarla", "Saludos\nCarla", "Cordiali saluti\nCarla", "Atenciosamente,\nCarla",
    "Met vriendelijke groet,\nCarla", "Pozdrawiam\nCarla", "Mvh\nCarla", "Med vänliga hälsningar\nCarla",
    "Ystävällisin terveisin\nCarla", "С уважением,\nКарла", "\n-Carla", "\n/Carla", "-- \nCarla\nwhatever she likes.",
]  # fmt: skip


@pytest.mark.parametrize("program", ATTRIBUTIONS)
@pytest.mark.parametrize("width", [1000, 72, 50])
def test_a_marked_quote_goes_with_its_heading(program: str, width: int) -> None:
    heading = "\n".join(textwrap.fill(line, width) for line in ATTRIBUTIONS[program].splitlines())

    assert new_text(f"Danke! Merci!\n\n{heading}\n\n> {PHRASE}\n> more\n") == "Danke! Merci!"


@pytest.mark.parametrize("program", [name for name, text in ATTRIBUTIONS.items() if "@" in text])
@pytest.mark.parametrize("width", [1000, 72])
def test_a_quote_without_marks_goes_too(program: str, width: int) -> None:
    heading = "\n".join(textwrap.fill(line, width) for line in ATTRIBUTIONS[program].splitlines())

    assert new_text(f"Danke! Merci!\n\n{heading}\n\n{PHRASE}\nmore\n") == "Danke! Merci!"


@pytest.mark.parametrize("program", HEADERS)
def test_a_quoted_header_and_all_below_it_go(program: str) -> None:
    assert new_text(f"Danke! Merci!\n\n{HEADERS[program]}\n\n{PHRASE}\nmore\n") == "Danke! Merci!"


@pytest.mark.parametrize("advert", ADVERTS)
def test_a_telephones_advert_goes(advert: str) -> None:
    assert new_text(f"Danke! Merci!\n\n{advert}\n") == "Danke! Merci!"
    assert new_text(f"Danke! Merci!\n\n{advert}\n\n{ATTRIBUTIONS['English, Gmail']}\n> {PHRASE}\n") == "Danke! Merci!"


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_signature_goes(closing: str) -> None:
    assert new_text(f"It works again.\n\n{closing}\n") == "It works again."


def test_a_mailing_lists_footer_goes() -> None:
    footer = f"{'_' * 47}\nHelp mailing list\nhelp@lists.example.com\nhttps://lists.example.com/mailman/listinfo/help"

    assert new_text(f"It works again.\n\n{footer}\n") == "It works again."


@pytest.mark.parametrize("program", ATTRIBUTIONS)
def test_an_answer_below_the_quote_is_kept(program: str) -> None:
    text = f"{ATTRIBUTIONS[program]}\n> {PHRASE}\n> Does it work?\n\nNo, it does not.\n\n> And now?\nNor now.\n"

    assert new_text(text) == "No, it does not.\n\nNor now."


@pytest.mark.parametrize(
    "text",
    [
        "Sent from my desk, is much easier than my mobile phone.",
        "I sent it by mail.\nSent from my office on Monday, it should be there by now",
        "Thanks,\nplease call me urgently",
        "It is broken.\n\nThanks\nCarla\nPS: it smokes too",
        "It is broken.\n\nRegards\nCarla\n\nWill somebody come today?",
        "We need:\n\n-Paper",
        "We need\n- Paper\n- Toner\n- Ink",
        "Best",
        "Look at this:\n>>> https://example.com <<<\nIt is wrong.",
        "He promised a refund in writing, see here what your colleague wrote:\nnothing at all",
        "From: Berlin\nTo: Munich\n\nThat was my journey.",
        "My data:\nName: Carla\nDate: 4 Feb 2025\nTo: be agreed\nIt is urgent.",
        "On 4 Feb I wrote you:\nNo answer came.",
        "Call me at 10:00 or 11:30:\nI am in the office.",
        "At 10:00 on 4 Feb 2025 the log said:\nerror 5\nIt is urgent.",
        "Order 2025-17, carla@example.com\nis missing since 10:00:\n3 boxes",
        "The original message is lost.",
        "--- a/printer.conf\n+++ b/printer.conf\n-ink=no\n+ink=yes",
    ],
)
def test_what_only_looks_like_a_quote_is_kept(text: str) -> None:
    assert new_text(text) == text
