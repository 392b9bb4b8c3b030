"""What mail programs of many languages write above a quoted mail and below their own: tables, no logic.

The wording is what Outlook, Gmail, Apple Mail, Thunderbird, Yahoo, Proton, Zoho and the programs of telephones write
in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Danish, Norwegian, Swedish, Finnish, Russian,
Ukrainian, Czech, Hungarian, Romanian, Turkish, Greek, Japanese, Chinese and Korean. All of it is lower case.
"""

from __future__ import annotations

# The verb of `On … wrote:`; also where it stands in the middle (`Am … schrieb Ada:`).
VERBS = (
    "wrote", "writes", "schrieb", "schreibt", "hat geschrieben", "geschrieben", "a écrit", "écrivait", "escribió",
    "escribio", "ha escrito", "ha scritto", "scrisse", "scrive", "escreveu", "schreef", "geschreven", "napisał",
    "napisał(a)", "napisała", "napisana przez", "pisze", "skrev", "skrev følgende", "kirjoitti", "написал",
    "написал(а)", "написала", "написав", "написав(ла)", "пишет", "пише", "napsal", "napsal(a)", "napísal",
    "napísal(a)", "írta", "ezt írta", "a scris", "yazdı", "şunu yazdı", "έγραψε", "写道", "寫道", "さんは書きました",
    "のメール", "님이 작성", "님이 작성하였습니다",
)  # fmt: skip

# The fields of a quoted mail's header, each with what it tells.
FIELDS = {
    "from": ("from", "von", "de", "da", "van", "od", "fra", "från", "lähettäjä", "от", "от кого", "від", "feladó",
             "de la", "kimden", "gönderen", "από", "差出人", "送信者", "发件人", "发送人", "寄件者", "寄件人",
             "보낸 사람", "보낸사람"),
    "date": ("date", "sent", "datum", "gesendet", "gesendet am", "envoyé", "fecha", "enviado", "enviado el",
             "enviado em", "enviada em", "enviada", "data", "inviato", "verzonden", "wysłano", "wysłane", "dato",
             "sendt", "skickat", "päivämäärä", "päiväys", "lähetetty", "дата", "отправлено", "надіслано", "odesláno",
             "dátum", "elküldve", "küldve", "trimis", "tarih", "gönderilen", "gönderildi", "στάλθηκε", "ημερομηνία",
             "日時", "送信日時", "日付", "发送时间", "发送日期", "日期", "寄件日期", "传送时间", "날짜", "보낸 날짜"),
    "to": ("to", "an", "à", "para", "a", "aan", "do", "til", "till", "vastaanottaja", "кому", "komu", "címzett",
           "către", "kime", "alıcı", "προς", "宛先", "收件人", "收件者", "받는 사람", "받는사람"),
    "cc": ("cc", "kopie", "copie à", "kopia", "kopi", "kopio", "копия", "копія", "dw", "抄送", "副本", "참조",
    "bilgi",
           "reply-to", "antwort an", "répondre à", "responder a", "rispondi a", "organization", "importance"),
    "subject": ("subject", "betreff", "objet", "sujet", "asunto", "oggetto", "assunto", "onderwerp", "temat", "emne",
                "ämne", "aihe", "тема", "předmět", "predmet", "tárgy", "subiect", "konu", "θέμα", "件名", "主题",
                "主旨", "제목"),
}  # fmt: skip

# Between two rows of hyphens, or after one.
SEPARATORS = (
    "original message", "original appointment", "reply message", "forwarded message", "forwarded by", "begin message",
    "originalnachricht", "original-nachricht", "original nachricht", "ursprüngliche nachricht",
    "weitergeleitete nachricht", "weitergeleitet von", "message d'origine", "message d’origine", "message original",
    "message transféré", "message transmis", "message envoyé", "mensaje original", "mensaje reenviado",
    "mensagem original", "mensagem encaminhada", "messaggio originale", "messaggio inoltrato",
    "oorspronkelijk bericht", "origineel bericht", "doorgestuurd bericht", "wiadomość oryginalna",
    "oryginalna wiadomość", "wiadomość przekazana", "przekazana wiadomość", "oprindelig meddelelse",
    "oprindelig besked", "original meddelelse", "videresendt meddelelse", "videresendt besked", "opprinnelig melding",
    "videresendt melding", "ursprungligt meddelande", "originalmeddelande", "vidarebefordrat meddelande",
    "alkuperäinen viesti", "edelleenlähetetty viesti", "välitetty viesti", "исходное сообщение",
    "исходное письмо", "пересылаемое сообщение", "пересылаемое письмо", "пересланное сообщение",
    "оригінальне повідомлення", "переслане повідомлення", "původní zpráva", "přeposlaná zpráva", "eredeti üzenet",
    "továbbított üzenet", "mesaj original", "mesaj redirecționat", "orijinal mesaj", "iletilmiş mesaj",
    "αρχικό μήνυμα", "προωθημένο μήνυμα", "元のメッセージ", "転送メッセージ", "转发的邮件", "转发邮件", "轉寄的郵件",
    "原始邮件",
    "原始郵件", "邮件原件", "原邮件", "回复的原邮件", "回复的原始邮件", "转发邮件信息", "原始信息", "元のメール",
    "원본 메시지", "전달된 메시지",
)  # fmt: skip

# Apple Mail's line above what it forwards.
FORWARDS = (
    "begin forwarded message", "anfang der weitergeleiteten nachricht", "début du message réexpédié",
    "début du message transféré", "inicio del mensaje reenviado", "inizio messaggio inoltrato",
    "início da mensagem reencaminhada", "início da mensagem encaminhada", "begin doorgestuurd bericht",
    "początek przekazywanej wiadomości", "start på videresendt besked", "vidarebefordrat brev",
    "edelleenlähetetty viesti alkaa", "начало переадресованного сообщения", "転送されたメッセージ",
    "开始转发的邮件", "下面是被转发的邮件",
)  # fmt: skip

# The line a telephone or program adds below the text: `Sent from my iPhone`; what follows must be a device's name.
SENT_FROM = (
    "sent from", "sent via", "sent with", "sent using", "gesendet von", "gesendet mit", "von meinem", "von unterwegs",
    "diese nachricht wurde von meinem", "envoyé de", "envoyé depuis", "envoyé à partir de", "envoyé avec",
    "enviado desde",
    "enviado de", "enviado do", "enviado a partir", "enviado com", "enviado con", "inviato da", "inviato dal",
    "inviato con", "verzonden vanaf", "verzonden vanuit", "verstuurd vanaf", "verstuurd met", "verzonden met",
    "wysłane z", "wysłano z", "sendt fra", "skickat från", "lähetetty", "отправлено с", "отправлено из",
    "отправлено от", "odesláno z", "küldve az", "trimis de pe", "şuradan gönderildi",
)  # fmt: skip
DEVICES = (
    "iphone", "ipad", "ipod", "ios", "android", "samsung", "galaxy", "blackberry", "outlook", "windows", "huawei",
    "xiaomi", "redmi", "oneplus", "pixel", "nokia", "sony", "xperia", "htc", "motorola", "mail", "yahoo", "aol",
    "gmail", "proton", "tutanota", "spark", "superhuman", "mobile", "smartphone", "handy", "telefon", "phone",
    "téléphone", "teléfono", "tablet", "treo", "palm", "mobil", "móvil", "telemóvel", "puhelime", "мобильн",
    "телефон",
)  # fmt: skip
ADVERTS = (
    "get outlook for", "outlook für", "holen sie sich outlook", "obtenir outlook pour", "téléchargez outlook",
    "télécharger outlook",
    "obtener outlook para", "ottieni outlook per", "scarica outlook", "obter o outlook", "obtenha o outlook",
    "download outlook", "outlook voor", "pobierz program outlook", "pobierz aplikację outlook", "hent outlook",
    "hämta outlook", "skaffa outlook", "hanki outlook", "скачать outlook", "загрузить outlook", "получить outlook",
    "получите outlook", "outlook for ios を入手", "outlook for android を入手", "获取适用于", "下载适用于",
    "galaxyから送信", "xperiaから送信", "スマートフォンから送信", "outlook を入手", "获取 outlook", "取得 outlook",
    "iphoneから送信", "ipadから送信", "androidから送信", "发自我的",
    "從我的",
    "从我的", "나의 iphone에서 보냄",
)  # fmt: skip

# A greeting that closes a letter; what follows it may be a name and an address.
CLOSINGS = (
    "best regards", "kind regards", "warm regards", "regards", "best wishes", "best", "all the best", "cheers",
    "sincerely", "yours sincerely", "yours faithfully", "many thanks", "thanks", "thank you", "thanks and regards",
    "mit freundlichen grüßen", "mit freundlichem gruß", "freundliche grüße", "mit besten grüßen", "viele grüße",
    "beste grüße", "liebe grüße", "schöne grüße", "gruß", "grüße", "mfg", "lg", "vg", "cordialement",
    "bien cordialement", "bien à vous", "salutations", "meilleures salutations", "sincères salutations", "saludos",
    "un saludo", "atentamente", "saludos cordiales", "cordialmente", "cordiali saluti", "distinti saluti", "saluti",
    "un saluto", "atenciosamente", "cumprimentos", "com os melhores cumprimentos", "abraços", "obrigado", "obrigada",
    "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groeten", "hartelijke groeten", "groeten",
    "mvg", "pozdrawiam", "z poważaniem", "z powazaniem", "med venlig hilsen", "venlig hilsen", "hilsen",
    "bedste hilsner", "mvh", "vh", "kh", "med vennlig hilsen", "vennlig hilsen", "med vänliga hälsningar",
    "vänliga hälsningar", "hälsningar", "bästa hälsningar", "ystävällisin terveisin", "terveisin", "yt",
    "с уважением",
    "всего доброго", "с наилучшими пожеланиями", "s pozdravem", "üdvözlettel", "cu stimă", "saygılarımla",
    "με εκτίμηση",
)  # fmt: skip
