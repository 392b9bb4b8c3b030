"""What people of a plausible desk write: names, matters and answers in several languages, all of it invented."""

from __future__ import annotations

from dataclasses import dataclass

PHRASE = "I'm closing this case."


@dataclass(frozen=True, slots=True)
class Tongue:
    """People who write in one language, and how the team greets them."""

    domain: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    thanks: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing a customer may need: how it begins, what he adds, what the team answers."""

    tongue: str
    subject: str
    opening: str
    more: tuple[str, ...]
    answer: str


TONGUES = {
    "en": Tongue("northwind.example", ("Maya", "Owen", "Priya", "Tom"), ("Clarke", "Osei", "Rao", "Whitby"), "Thanks!"),
    "de": Tongue(
        "kranz.example", ("Jonas", "Frieda", "Uwe", "Lena"), ("Brandt", "Köhler", "Özdemir", "Weiß"), "Danke!"
    ),
    "fr": Tongue(
        "lumen.example", ("Élodie", "Marc", "Inès", "Rémi"), ("Garnier", "Lefèvre", "Aubry", "Benali"), "Merci !"
    ),
    "es": Tongue(
        "solana.example", ("Lucía", "Diego", "Nuria", "Iván"), ("Ibáñez", "Prieto", "Muñoz", "Vega"), "¡Gracias!"
    ),
    "pl": Tongue(
        "wisla.example", ("Zofia", "Paweł", "Ewa", "Michał"), ("Wójcik", "Dąbek", "Łuczak", "Zych"), "Dziękuję!"
    ),
    "ja": Tongue(
        "asagiri.example", ("美咲", "健太", "葵", "翔"), ("高橋", "中村", "小川", "森"), "ありがとうございます。"
    ),
}

MATTERS = (
    Matter(
        "en",
        "Invoice 2231 shows the wrong VAT number",
        "Our accountant can't book invoice 2231: it carries our old VAT number.",
        ("The new one is in the portal already.", "Any news on this?"),
        "You're right, that was our mistake. A corrected invoice is on its way.",
    ),
    Matter(
        "en",
        "Export stops at 10,000 rows",
        "The CSV export ends after 10,000 rows, without a word. We have 14,212.",
        ("It happens in Firefox and Chrome alike.",),
        "The limit was lifted this morning; please try again.",
    ),
    Matter(
        "en",
        "Login loop after password change",
        "Since I changed my password I'm sent back to the login page. This is urgent, payroll closes today.",
        ("Still locked out.",),
        "I ended your old sessions. Could you try once more?",
    ),
    Matter(
        "en",
        "Delivery to the wrong warehouse",
        "Pallet 77 went to Leeds instead of Hull. Can you redirect it?",
        ("The driver says he waits until four.",),
        "The carrier was told; it will be in Hull tomorrow before noon.",
    ),
    Matter(
        "en",
        "Question about seats",
        "We grow to 35 people in May. Do we pay per seat or per team?",
        (),
        "Per seat; from 30 on each costs 20 % less. I attached the table.",
    ),
    Matter(
        "de",
        "Rechnung fehlt",
        "Guten Tag, für März haben wir noch keine Rechnung erhalten.",
        ("Die Buchhaltung fragt schon nach.",),
        "Die Rechnung ging an die alte Adresse; ich habe sie Ihnen neu geschickt.",
    ),
    Matter(
        "de",
        "Etikettendrucker druckt leere Seiten",
        "Nach dem Update druckt der Etikettendrucker nur noch leere Seiten. Urgent, der Versand steht!",
        ("Neustart hat nicht geholfen.", "Gibt es eine Lösung?"),
        "Bitte stellen Sie das Format auf 62 mm zurück, das Update hatte es verstellt.",
    ),
    Matter(
        "de",
        "Zugang für eine neue Kollegin",
        "Könnten Sie bitte einen Zugang für Frau Sommer anlegen?",
        (),
        "Ist angelegt; die Einladung liegt in ihrem Postfach.",
    ),
    Matter(
        "de",
        "Kündigung eines Zusatzmoduls",
        "Wir möchten das Modul Zeiterfassung zum Monatsende kündigen.",
        ("Bitte bestätigen Sie kurz.",),
        "Hiermit bestätigt; alles andere läuft weiter.",
    ),
    Matter(
        "fr",
        "Colis arrivé endommagé",
        "Bonjour, le colis 5580 est arrivé ouvert et il manque deux pièces.",
        ("Je peux envoyer des photos.",),
        "Nous renvoyons les deux pièces aujourd'hui, sans frais.",
    ),
    Matter(
        "fr",
        "Synchronisation interrompue",
        "La synchronisation s'arrête à 40 %. C'est urgent, la boutique ouvre à 9 h.",
        ("Toujours bloqué.",),
        "Le certificat avait expiré, il est renouvelé. Pouvez-vous relancer ?",
    ),
    Matter(
        "fr",
        "Changer l'adresse de facturation",
        "Nous avons déménagé, comment changer l'adresse de facturation ?",
        (),
        "C'est fait pour vous, à partir de la prochaine facture.",
    ),
    Matter(
        "es",
        "No llega el correo de confirmación",
        "Hola, nuestros clientes no reciben el correo de confirmación desde ayer.",
        ("Sigue igual esta mañana.", "¿Hay alguien?", "Por favor, una respuesta."),
        "El proveedor nos bloqueó por error; ya vuelve a salir todo.",
    ),
    Matter(
        "es",
        "Precio para 50 usuarios",
        "Buenos días, ¿cuánto costaría el plan para 50 usuarios?",
        (),
        "Le mando la oferta hoy mismo.",
    ),
    Matter(
        "es",
        "Factura duplicada",
        "Nos han cobrado dos veces la factura 901.",
        ("El banco confirma los dos cargos.",),
        "Le devolvemos el segundo cargo en tres días.",
    ),
    Matter(
        "pl",
        "Nie działa eksport do PDF",
        "Dzień dobry, eksport do PDF kończy się błędem 500.",
        ("Dotyczy wszystkich raportów.",),
        "Poprawiliśmy to dziś rano, proszę spróbować ponownie.",
    ),
    Matter(
        "pl",
        "Zmiana planu",
        "Chcielibyśmy przejść na plan roczny.",
        (),
        "Gotowe, różnica pojawi się na następnej fakturze.",
    ),
    Matter(
        "pl",
        "Awaria skanera",
        "Skaner w magazynie nie łączy się z systemem. This is critical for us.",
        ("Nadal nic.",),
        "Wysłaliśmy nowy klucz, skaner powinien się połączyć.",
    ),
    Matter(
        "ja",
        "請求書の宛名変更",
        "お世話になっております。請求書の宛名を変更していただけますか。",
        (),
        "変更いたしました。次回の請求書から反映されます。",
    ),
    Matter(
        "ja",
        "ログインできません",
        "昨日からログインできません。緊急です (urgent)。",
        ("まだ同じ状態です。",),
        "アカウントのロックを解除しました。お試しください。",
    ),
    Matter(
        "ja",
        "納期の確認",
        "注文番号 3381 の納期を教えてください。",
        ("お返事をお待ちしております。",),
        "金曜日に発送いたします。",
    ),
)
