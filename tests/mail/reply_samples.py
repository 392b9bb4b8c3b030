"""Replies as programs of fourteen languages write them, in full: what stands between the new words and the phrase."""

ADA = "Ada Admin <ada@desk.test>"

# Outlook on Windows, on the Mac and on the web; Samsung's mail; the quoted mail bears no marks.
FIELDS = {
    "English, Outlook, importance": f"From: {ADA}\nSent: 04 February 2025 10:00\nTo: Carla Customer\nCc: Desk\n"
    "Subject: RE: Your printer\nImportance: High",
    "English, Outlook for Mac": f"From: {ADA}\nDate: Tuesday, 4 February 2025 at 10:00\nTo: Carla\n"
    "Subject: Re: Printer",
    "English, Samsung": f"-------- Original message --------\nFrom: {ADA}\nDate: 04/02/2025 10:00 (GMT+00:00)\n"
    "To: Carla <carla@example.com>\nSubject: Re: Printer",
    "English, Teams invitation": f"-----Original Appointment-----\nFrom: {ADA}\n"
    "Sent: Tuesday, February 4, 2025 10:00 AM\n"
    "To: Carla\nSubject: Printer\nWhen: Thursday, February 6, 2025 3:00 PM-3:30 PM\nWhere: Room 5",
    "German, new Outlook": f"________________________________\nVon: {ADA}\nGesendet: Dienstag, 4. Februar 2025 10:00\n"
    "An: Carla <carla@example.com>\nCc: Desk <desk@desk.test>\nBetreff: AW: Drucker",
    "German, Outlook for Mac": f"Von: {ADA}\nDatum: Dienstag, 4. Februar 2025 um 10:00\nAn: Carla\n"
    "Betreff: Re: Drucker",
    "German, Samsung": f"-------- Ursprüngliche Nachricht --------\nVon: {ADA}\nDatum: 04.02.25 10:00 (GMT+01:00)\n"
    "An: Carla <carla@example.com>\nBetreff: Re: Drucker",
    "French, new Outlook": f"________________________________\nDe : {ADA}\nEnvoyé : mardi 4 février 2025 10:00\n"
    "À : Carla <carla@example.com>\nObjet : RE: Imprimante",
    "French, Outlook for Mac": f"De : {ADA}\nDate : mardi, 4 février 2025 à 10:00\nÀ : Carla\nObjet : Re: Imprimante",
    "French, Samsung": f"-------- Message d'origine --------\nDe : {ADA}\nDate : 04/02/2025 10:00 (GMT+01:00)\n"
    "À : Carla <carla@example.com>\nObjet : Re: Imprimante",
    "Spanish, new Outlook": f"________________________________\nDe: {ADA}\n"
    "Enviado: martes, 4 de febrero de 2025 10:00\n"
    "Para: Carla\nAsunto: RE: Impresora",
    "Spanish, Outlook for Mac": f"De: {ADA}\nFecha: martes, 4 de febrero de 2025, 10:00\nPara: Carla\nAsunto: Re: Duda",
    "Spanish, Samsung": f"-------- Mensaje original --------\nDe: {ADA}\nFecha: 4/2/25 10:00 (GMT+01:00)\nA: Carla\n"
    "Asunto: Re: Impresora",
    "Italian, new Outlook": f"________________________________\nDa: {ADA}\nInviato: martedì 4 febbraio 2025 10:00\n"
    "A: Carla <carla@example.com>\nOggetto: R: Stampante",
    "Italian, Outlook for Mac": f"Da: {ADA}\nData: martedì, 4 febbraio 2025 alle ore 10:00\nA: Carla\n"
    "Oggetto: Re: Carta",
    "Italian, Samsung": f"-------- Messaggio originale --------\nDa: {ADA}\nData: 04/02/25 10:00 (GMT+01:00)\n"
    "A: Carla\n"
    "Oggetto: Re: Stampante",
    "Portuguese, Outlook": f"De: {ADA}\nEnviada em: terça-feira, 4 de fevereiro de 2025 10:00\nPara: Carla\n"
    "Assunto: RES: Impressora",
    "Portuguese, Outlook for Mac": f"De: {ADA}\nData: terça-feira, 4 de fevereiro de 2025 às 10:00\nPara: Carla\n"
    "Assunto: Re: Impressora",
    "Portuguese, Samsung": f"-------- Mensagem original --------\nDe: {ADA}\nData: 04/02/25 10:00 (GMT-03:00)\n"
    "Para: Carla\nAssunto: Re: Impressora",
    "Dutch, new Outlook": f"________________________________\nVan: {ADA}\nVerzonden: dinsdag 4 februari 2025 10:00\n"
    "Aan: Carla\nOnderwerp: RE: Printer",
    "Dutch, Outlook for Mac": f"Van: {ADA}\nDatum: dinsdag, 4 februari 2025 om 10:00\nAan: Carla\n"
    "Onderwerp: Re: Printer",
    "Dutch, Samsung": f"-------- Oorspronkelijk bericht --------\nVan: {ADA}\nDatum: 04-02-2025 10:00 (GMT+01:00)\n"
    "Aan: Carla\nOnderwerp: Re: Printer",
    "Polish, new Outlook": f"________________________________\nOd: {ADA}\nWysłane: wtorek, 4 lutego 2025 10:00\n"
    "Do: Carla\nTemat: Odp: Drukarka",
    "Polish, Outlook for Mac": f"Od: {ADA}\nData: wtorek, 4 lutego 2025 10:00\nDo: Carla\nTemat: Re: Drukarka",
    "Polish, Samsung": f"-------- Oryginalna wiadomość --------\nOd: {ADA}\nData: 04.02.2025 10:00 (GMT+01:00)\n"
    "Do: Carla\nTemat: Re: Drukarka",
    "Danish, new Outlook": f"________________________________\nFra: {ADA}\nSendt: tirsdag den 4. februar 2025 10:00\n"
    "Til: Carla\nEmne: SV: Printer",
    "Danish, Outlook for Mac": f"Fra: {ADA}\nDato: tirsdag, 4. februar 2025 kl. 10.00\nTil: Carla\nEmne: Re: Printer",
    "Danish, Samsung": f"-------- Oprindelig besked --------\nFra: {ADA}\nDato: 04.02.2025 10.00 (GMT+01:00)\n"
    "Til: Carla\nEmne: Re: Printer",
    "Swedish, new Outlook": f"________________________________\nFrån: {ADA}\nSkickat: den 4 februari 2025 10:00\n"
    "Till: Carla\nÄmne: Sv: Skrivare",
    "Swedish, Outlook for Mac": f"Från: {ADA}\nDatum: tisdag, 4 februari 2025 kl. 10:00\nTill: Carla\n"
    "Ämne: Re: Skrivare",
    "Swedish, Samsung": f"-------- Originalmeddelande --------\nFrån: {ADA}\nDatum: 2025-02-04 10:00 (GMT+01:00)\n"
    "Till: Carla\nRubrik: Re: Skrivare",
    "Finnish, new Outlook": f"________________________________\nLähettäjä: {ADA}\n"
    "Lähetetty: tiistai 4. helmikuuta 2025 10.00\nVastaanottaja: Carla\nAihe: VS: Tulostin",
    "Finnish, Outlook for Mac": f"Lähettäjä: {ADA}\nPäivämäärä: tiistai 4. helmikuuta 2025 klo 10.00\n"
    "Vastaanottaja: Carla\nAihe: Re: Tulostin",
    "Finnish, Samsung": f"-------- Alkuperäinen viesti --------\nLähettäjä: {ADA}\nPäivämäärä: 4.2.2025 10.00"
    " (GMT+02:00)\nSaaja: Carla\nAihe: Re: Tulostin",
    "Russian, new Outlook": f"________________________________\nОт: {ADA}\n"
    "Отправлено: вторник, 4 февраля 2025 г. 10:00\n"
    "Кому: Carla\nТема: Отв: Принтер",
    "Russian, Outlook for Mac": f"От: {ADA}\nДата: вторник, 4 февраля 2025 г. в 10:00\nКому: Carla\nТема: Re: Принтер",
    "Russian, Samsung": f"-------- Исходное сообщение --------\nОт: {ADA}\nДата: 04.02.2025 10:00 (GMT+03:00)\n"
    "Кому: Carla\nТема: Re: Принтер",
    "Russian, The Bat": f"-------- Пересылаемое сообщение--------\n04.02.2025, 10:00, {ADA}:",
    "Japanese, new Outlook": f"________________________________\n差出人: {ADA}\n送信日時: 2025年2月4日火曜日 10:00\n"
    "宛先: Carla\n件名: Re: プリンター",
    "Japanese, Outlook for Mac": f"差出人: {ADA}\n日付: 2025年2月4日 火曜日 10:00\n宛先: Carla\n件名: Re: プリンター",
    "Chinese, new Outlook": f"________________________________\n发件人: {ADA}\n发送时间: 2025年2月4日星期二 10:00\n"
    "收件人: Carla\n主题: 答复: 打印机",
    "Chinese, Outlook for Mac": f"发件人: {ADA}\n日期: 星期二, 2025年2月4日 10:00\n收件人: Carla\n主题: Re: 打印机",
    "Chinese, NetEase": f'---- 回复的原邮件 ----\n| 发件人 | {ADA} |\n| 日期 | 2025年02月04日 10:00 |',
    "Chinese, Foxmail": f"发件人： {ADA}\n发送时间： 2025-02-04 10:00\n收件人： Carla\n主题： Re: 打印机",
    "Norwegian, new Outlook": f"________________________________\nFra: {ADA}\nSendt: tirsdag 4. februar 2025 10:00\n"
    "Til: Carla\nEmne: SV: Skriver",
}  # fmt: skip

# Telephones: the heading bears marks itself, below an advert; or the quoted mail bears none.
TELEPHONES = {
    "English, iPhone": ("Sent from my iPhone", "On Feb 4, 2025, at 10:00\u202fAM, {ada} wrote:"),
    "German, iPhone": ("Von meinem iPhone gesendet", "Am 04.02.2025 um 10:00 schrieb {ada}:"),
    "French, iPhone": ("Envoyé de mon iPhone", "Le 4 févr. 2025 à 10:00, {ada} a écrit :"),
    "Spanish, iPhone": ("Enviado desde mi iPhone", "El 4 feb 2025, a las 10:00, {ada} escribió:"),
    "Italian, iPhone": ("Inviato da iPhone", "Il giorno 4 feb 2025, alle ore 10:00, {ada} ha scritto:"),
    "Portuguese, iPhone": ("Enviado do meu iPhone", "Em 4 de fev. de 2025, à(s) 10:00, {ada} escreveu:"),
    "Dutch, iPhone": ("Verstuurd vanaf mijn iPhone", "Op 4 feb 2025 om 10:00 heeft {ada} het volgende geschreven:"),
    "Polish, iPhone": ("Wysłane z iPhone'a", "Wiadomość napisana przez {ada} w dniu 4 lut 2025, o godz. 10:00:"),
    "Danish, iPhone": ("Sendt fra min iPhone", "Den 4. feb. 2025 kl. 10.00 skrev {ada}:"),
    "Swedish, iPhone": ("Skickat från min iPhone", "4 feb. 2025 kl. 10:00 skrev {ada}:"),
    "Finnish, iPhone": ("Lähetetty iPhonesta", "{ada} kirjoitti 4.2.2025 kello 10.00:"),
    "Russian, iPhone": ("Отправлено с iPhone", "4 февр. 2025 г., в 10:00, {ada} написал(а):"),
    "Japanese, iPhone": ("iPhoneから送信", "2025/02/04 10:00、{ada}のメール:"),
    "Chinese, iPhone": ("发自我的 iPhone", "在 2025年2月4日，10:00，{ada} 写道："),
    "Chinese, traditional, iPhone": ("從我的 iPhone 傳送", "{ada} 於 2025年2月4日 上午10:00 寫道："),
}  # fmt: skip

ADVERTS = [
    "Sent from my Galaxy", "Sent from my Verizon, Samsung Galaxy smartphone", "Sent from Outlook for Android",
    "Von meinem Galaxy gesendet", "Von meinem Samsung Galaxy Smartphone gesendet.", "Gesendet von meinem Smartphone",
    "Holen Sie sich Outlook für iOS<https://aka.ms/o0ukef>", "Envoyé depuis mon appareil Galaxy",
    "Envoyé depuis mon smartphone Samsung Galaxy.", "Télécharger Outlook pour iOS", "Enviado desde mi Galaxy",
    "Enviado desde mi smartphone Samsung Galaxy.", "Obtener Outlook para Android", "Inviato dal mio Galaxy",
    "Inviato dal mio smartphone Samsung Galaxy.", "Scarica Outlook per iOS", "Enviado do meu Galaxy",
    "Enviado a partir do meu smartphone Samsung Galaxy.", "Obter o Outlook para iOS", "Obtenha o Outlook para Android",
    "Verzonden vanaf mijn Galaxy", "Verstuurd vanaf mijn Galaxy", "Outlook voor iOS downloaden",
    "Wysłane z mojego Galaxy",
    "Wysłano z telefonu Samsung Galaxy", "Pobierz program Outlook dla systemu iOS", "Sendt fra min Galaxy",
    "Hent Outlook til iOS", "Skickat från min Galaxy", "Hämta Outlook för iOS", "Lähetetty Galaxy-puhelimesta",
    "Hanki Outlook for Android", "Отправлено с моего Galaxy", "Отправлено со смартфона Samsung Galaxy.",
    "Скачать Outlook для iOS", "Получите Outlook для iOS", "Galaxyから送信", "Androidから送信",
    "Outlook for iOS を入手",
    "iOS 版 Outlook を入手", "发自我的 Galaxy", "从我的iPhone发送", "從我的 Galaxy 傳送", "获取 Outlook for iOS",
    "获取适用于 iOS 的 Outlook", "下载适用于 iOS 的 Outlook", "Sent from Proton Mail for iOS", "Sendt fra min iPad",
    "Enviado desde Yahoo Mail para iPhone", "Envoyé à partir de Yahoo Mail sur Android",
    "Gesendet von Yahoo Mail auf Android", "Sent from my mobile device", "Gesendet mit der WEB.DE Mail App",
    "Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.", "Отправлено из мобильной Яндекс Почты",
    "Отправлено из Mail для Windows", "Envoyé avec la messagerie sécurisée Proton Mail.",
]  # fmt: skip
