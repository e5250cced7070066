"""Word lists for parsing sentences, folded: lower case without accents; en, fr, es, de, some Arabic."""

# ruff: noqa: E501, SIM905 (tables of words read better in long lines)

from __future__ import annotations

import re


def words(*lines: str) -> re.Pattern[str]:
    """Return one pattern for whole words. ``*`` in a word matches any ending."""
    parts = sorted({p.strip() for line in lines for p in line.split("|") if p.strip()}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(p).replace(r"\*", r"\w*") for p in parts) + r")(?!\w)")


CURRENCY_WORDS = {
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "pound": "GBP", "pounds": "GBP", "quid": "GBP", "sterling": "GBP",
    "livres": "GBP", "libras": "GBP", "pfund": "GBP", "dollar": "USD", "dollars": "USD", "bucks": "USD",
    "buck": "USD", "dolar": "USD", "dolares": "USD", "us dollars": "USD", "canadian dollars": "CAD",
    "australian dollars": "AUD", "dinar": "DZD", "dinars": "DZD", "dinares": "DZD", "da": "DZD", "دينار": "DZD",
    "دج": "DZD", "د.ج": "DZD", "dirham": "MAD", "dirhams": "MAD", "dh": "MAD", "dhs": "MAD", "درهم": "MAD",
    "franc": "CHF", "francs": "CHF", "franken": "CHF", "francos": "CHF", "swiss francs": "CHF", "yen": "JPY",
    "yens": "JPY", "yuan": "CNY", "rmb": "CNY", "rupee": "INR", "rupees": "INR", "roupies": "INR", "rs": "INR",
    "peso": "MXN", "pesos": "MXN", "yenes": "JPY", "turkish lira": "TRY", "rupien": "INR", "reais": "BRL", "real": "BRL", "zloty": "PLN", "zlotys": "PLN", "kr": "SEK",
    "kronor": "SEK", "kroner": "NOK", "kronen": "DKK", "lira": "TRY", "liras": "TRY", "rubles": "RUB",
    "roubles": "RUB", "rand": "ZAR", "shekels": "ILS", "يورو": "EUR", "اورو": "EUR", "دولار": "USD",
    "tunisian dinars": "TND", "dinars tunisiens": "TND", "algerian dinars": "DZD", "kuwaiti dinars": "KWD",
    "moroccan dirhams": "MAD", "won": "KRW", "ft": "HUF", "forint": "HUF", "leu": "RON", "lei": "RON",
}  # fmt: skip
FAMILIES = {  # a bare word of several countries means the book's own currency where that is one of them
    "dollar": "USD CAD AUD NZD SGD HKD", "dollars": "USD CAD AUD NZD SGD HKD", "bucks": "USD CAD AUD NZD",
    "dolares": "USD CAD", "dinar": "DZD TND LYD KWD BHD JOD IQD RSD", "dinars": "DZD TND LYD KWD BHD JOD IQD RSD",
    "دينار": "DZD TND LYD KWD BHD JOD IQD", "dinares": "DZD TND RSD", "dirham": "MAD AED", "dirhams": "MAD AED",
    "dh": "MAD AED", "dhs": "MAD AED", "درهم": "MAD AED", "franc": "CHF XOF XAF", "francs": "CHF XOF XAF",
    "peso": "MXN ARS CLP COP UYU PHP DOP CUP", "pesos": "MXN ARS CLP COP UYU PHP DOP CUP", "kr": "SEK NOK DKK ISK",
    "kronor": "SEK", "rupees": "INR PKR LKR NPR MUR", "rs": "INR PKR LKR NPR MUR", "pounds": "GBP EGP LBP",
    "pound": "GBP EGP LBP", "lei": "RON MDL",
}  # fmt: skip
CENTS = {
    "ct": "", "cts": "", "ctv": "", "ctvs": "", "cent": "", "cents": "", "centime": "", "centimes": "", "centimo": "", "centimos": "", "centavos": "",
    "p": "GBP", "pence": "GBP", "سنتيم": "",
}  # fmt: skip
CODES_THAT_ARE_WORDS = frozenset(
    """
    all try top cup gel pen lak sos ang bam ron amd mop lei kid fun pot wad sen
    """.split()
)
MULTIPLIERS = {
    "mil millones": 1_000_000_000,
    **dict.fromkeys(["k", "mil", "mille", "thousand", "grand", "tausend", "الف", "الاف"], 1_000),
    **dict.fromkeys(["million", "millions", "millon", "millones", "millionen", "mio", "mn", "مليون"], 1_000_000),
    **dict.fromkeys(["m", "mln", "mill", "million", "miljon"], 1_000_000),
    **dict.fromkeys(["lakh", "lakhs", "lac", "lacs"], 100_000),
    **dict.fromkeys(["crore", "crores"], 10_000_000),
    **dict.fromkeys(["bn", "billion", "milliard", "milliards", "milliarden"], 1_000_000_000),
}

UNIT_AFTER = re.compile(
    r"\s?(?:%|m|percent|pour ?cent|por ?ciento|prozent|years?|ans|anos|jahre?n?|kg|kgs|km|g|grams?|ml|cl|l|lit(?:re|er|ro)s?|litres"
    r"|h|hours?|heures?|horas?|stunden?|uhr|min|minutes?|minutos|minuten|days?|jours?|dias?|tage?n?|weeks?|semaines?"
    r"|semanas?|wochen?|months?|mois|meses|monate?n?|nights?|nuits?|noches|nachte|people|persons?|personnes?|personas|personen"
    r"|times|fois|veces|mal|miles|cats?|dogs?|kids|friends|st|nd|rd|th|°|:)(?!\w)"
)

REFUND = words(
    "refund*|reimburse*|cashback|cash back|gave me back|gave back|got back|paid me back|gave me my money back|pays me back|paid back to me|returned"
    "|rembours*|reembols*|devol*|devuel*|erstatt*|ruckerstatt*|zuruckbekommen|zuruckerhalten|zuruck|back from|gutschrift|avoir"
)
INCOME = words(
    "salary|wage*|paycheck|paycheque|payroll|payslip|income|earned|got paid|was paid|received|receive|bonus|dividend*|sold|stipend"
    "|pension|tips|invoice paid|paid me|client paid|allowance from|birthday money|interest|hat mir|haben mir|m'a donne|m'ont donne|me dio|me dieron|me ha dado|me han dado|won|gave me|deposit from|scholarship|freelance"
    "|salaire|paie|recu|touche|gagne|prime|vendu|retraite|allocation*|caf|dividende*|vente"
    "|nomina|sueldo|salario|cobre|ingreso*|me pagaron|me pago|recibi|gane|vendi|paga extra|pension"
    "|gehalt|lohn|verdient|bekommen|erhalten|verkauft|einnahme*|rente|kindergeld|bafog|zinsen"
    "|راتب|قبضت|استلمت|معاش"
)
TRANSFER = words(
    "transfer|transfers|transferred|transfered|moved|move|withdrew|withdraw|withdrawal|sent|wired|venmo'd|venmoed|zelled|bizum|topped up|top up|paid off|pay off|paid down"
    "|virement|vire|transfere|transfert|transferer|retire|retrait|deplace"
    "|transferi|transferencia|traspase|traspaso|pase|saque|retire|movi"
    "|uberwiesen|uberweisung|umgebucht|umbuchung|verschoben|abgehoben|حولت"
)
NAME = r"([^\W\d_][\w'-]*)"
PEOPLE = NAME + r"(?:(?: and |, | et | y | und | & )" + NAME + r")?"
FIFTY = re.compile(r"(?<![\w/])50/50(?![\w/])")
SPLIT = re.compile(
    r"(?<!\w)(?:(?:50/50|fifty-fifty|halves) with |(?:split|shared?|halved?|half|halves|divided?) (?:(?:it|equally|evenly|50/50|fifty-fifty|half and half) )?(?:with|between me and) "
    r"|(?:partag\w+|divis\w+|moitie-moitie|moitie) (?:equitablement )?(?:avec|entre moi et) "
    r"|(?:a medias|dividid\w+|compartid\w+) con |(?:geteilt|teilen|halbe-halbe) mit )" + PEOPLE
    + r"(?: (?:equally|evenly|50/50|a partes iguales|zu gleichen teilen))?"
)  # fmt: skip
WITH_SPLIT = re.compile(
    r"(?<!\w)(?:with|avec|con|mit) " + PEOPLE
    + r"[^a-z]+(?:(?:euros?|eur|dollars?|pounds?|francs?|dinars?)[^a-z]+)?(?:and )?(?:split(?: (?:it|equally|evenly|50/50))*|shared|halves|a medias|partage\w*(?: equitablement)?|moitie-moitie|geteilt|50/50)(?!\w)"
)  # fmt: skip
SPLIT_AFTER = re.compile(r"(?<!\w)(?:with|avec|con|mit) " + NAME + r",? (?:a medias|a moitie|halbe-halbe)(?!\w)")
WAYS = re.compile(
    r"(?<!\w)split (?:it )?(?:in(?:to)? )?(\w+)[ -](?:ways?|parts?)(?!\w)|(?<!\w)divide en (\w+)(?: partes?)?(?!\w)|(?<!\w)durch (\w+)(?: geteilt)?(?!\w)"
)
PAYER = re.compile(
    r"^" + NAME + r" (?:has |a |hat )?(?:paid|pays|paye|pago|bezahlt|zahlte)(?!\w)|(?<!\w)(?:paid by|paye par|pagado por|bezahlt von) " + NAME
)  # fmt: skip
#: Money that is sent to somebody, which is a transfer only between own accounts.
SENT = words(
    "sent|send|wired|transferred|venmo'd|venmoed|zelled|vire|virement|transferi|transferencia|bizum|uberwiesen|uberweisung"
)
NOBODY = frozenset(
    """
    i we you he she they it just have je on nous tu il elle yo nosotros me ich wir er sie habe hab salary rent
    bill bills loyer invoice client alquiler miete who got was been lunch dinner coffee groceries the a
    """.split()
)

# Words that are no payee: cut from both ends, verbs of paying everywhere.
VERBS = words(
    "i spent|i've spent|we spent|spent|i paid|we paid|i've paid|paid|pay|i bought|we bought|bought|buy|purchased|cost me|cost|costs|i just|just|sent|i sent|wired|venmo'd|venmoed|zelled|bizum"
    "|j'ai depense|j'ai paye|j'ai achete|on a paye|depense|paye|achete|j'ai recu|j'ai|ca m'a coute|coute|gaste|pague|compre|me costo|costo|he gastado|he pagado|he comprado"
    "|ich habe|habe|hab|ausgegeben|bezahlt|gekauft|gezahlt|kostet|kostete|i got|got paid|got|received|i received|recu|cobre|recibi|me pagaron|bekommen|erhalten"
    "|gave me back|gave back|got back|paid me back|paid off|pay off|paid down|zuruckbekommen|gebucht|due|worth of|each|please|s'il te plait|por favor|bitte|expense|depense de|gasto de|ausgabe"
    "|me devolvieron|me devolvio|rembourse|on m'a rembourse|refunded|reimbursed|gave me|gave|lent|i lent|balles|i earned|earned|gagne|gane|verdient|j'ai vire|vire|virement|uberwiesen|uberweisung|transferi|transferencia|transferred|moved|withdrew|put|total|دفعت|صرفت|اشتريت"
)
#: Orders to add a transaction, at the beginning of a sentence; elsewhere a book is a book.
BOOKING = re.compile(
    r"^\W{0,9}(?:(?:can|could|would|will) you (?:please )?(?:add|log|record|book|note|enter|put down)|(?:please )?(?:add|log|record|book|note|enter|ajoute|anade|apunta|buche|notiere))(?!\w)"
)
#: Words that are the payee only if there is no other.
GENERIC = words(
    "subscription|abonnement|suscripcion|abo|order|bestellung|commande|pedido|run|payment|paiement|zahlung|pago"
    "|refund*|ruckerstattung|erstattung|remboursement|reembolso|devolucion"
)
REPEATED = re.compile(
    r"(?<!\w)(?:(?:every|each|a|per) (?:day|week|month|year)|(?:chaque|par|tous les|toutes les) (?:jours?|semaines?|mois|ans?)"
    r"|(?:cada|al|por) (?:dia|semana|mes|ano)|(?:jeden|jede|im|pro) (?:tag|woche|monat|jahr))(?!\w)"
    r"|(?<!\w)(?:weekly|monthly|yearly|mensuel|mensual|monatlich)(?=\W*$)"
)
EDGE = frozenset(
    """
    a an the my our some at in on for of from to with and or by as was is it i we et de du des d la le les l un
    une mon ma mes chez au aux pour en dans sur avec par y el los las una mi mis con por para del al und der die
    das den dem ein eine einen einem mein meine bei beim im am fur furs mit von vom zu zum zur auf aus about
    around only me nos ce في عند من على
    """.split()
)

#: Between a count and a price these show that the count is none of things.
NO_THINGS = frozenset("at for from on in to and or chez bei beim im de du des pour with mit avec con the".split())

CATEGORIES: list[tuple[str, re.Pattern[str]]] = [
    (key, words(line))
    for key, line in [
        ("refunds", "refund*|remboursement|reembolso|erstattung|cashback"),
        (
            "salary",
            "salary|wage*|paycheck|paycheque|payroll|got paid|salaire|paie|nomina|sueldo|salario|gehalt|lohn|راتب",
        ),
        ("freelance", "freelance|invoice|client|honoraires|facture client|honorarios|honorar"),
        (
            "benefits",
            "benefit*|pension|unemployment|allocation*|caf|chomage|paro|kindergeld|bafog|rente|arbeitslosengeld",
        ),
        ("interest", "interest|interets|intereses|zinsen|dividend*|dividende*"),
        (
            "coffee",
            "coffee*|cafe|cafes|espresso|latte|cappuccino|starbucks|kaffee|cappuccinos|flat white|قهوة",
        ),
        (
            "groceries",
            "groceries|grocery|supermarket|supermarche|courses|supermercado|mercado|supermarkt|lebensmittel|einkauf|lidl|aldi"
            "|carrefour|tesco|rewe|edeka|mercadona|auchan|leclerc|trader joe*|whole foods|walmart|monoprix|sainsbury*|boulangerie"
            "|bakery|boucher*|butcher*|carniceria|metzger*|baguette|bread|pain|pan|brot|backerei|milk|lait|leche|milch|fruit*|vegetables|legumes|fruteria|panaderia",
        ),
        (
            "dining_out",
            "restaurant*|restau|restos|restaurante*|doner|ramen|lunch|dinner|breakfast|brunch|pizza*|burger*|burrito*|sushi|kebab|takeaway|takeout|mcdonald*"
            "|dejeuner|diner|resto|petit-dejeuner|almuerzo|cena|desayuno|comida|tapas|mittagessen|abendessen|fruhstuck|essen|beer*"
            "|biere*|cerveza*|bier|bar|pub|drinks|wine|snack*|croissant*|sandwich*|cake|kuchen|deliveroo|doordash|uber eats|ice cream|glace|eis",
        ),
        (
            "fuel",
            "fuel|petrol|gas|gasoline|diesel|essence|gasoil|gasolina|carburant|benzin|tanken|getankt|sprit|shell|بنزين",
        ),
        (
            "transport",
            "bus|train|taxi*|uber|lyft|bolt|metro|subway|tram|ticket*|parking|zug|bahn|u-bahn|fahrkarte|autobus|tren|billete*|navigo"
            "|sncf|renfe|bvg|toll|tolls|peage|peaje|parken|bolt|تاكسي",
        ),
        ("car", "car|garage|mechanic|voiture|coche|auto|taller|werkstatt|tyres|tires|pneus"),
        ("housing", "rent|mortgage|loyer|alquiler|renta|hipoteca|miete|hypothek|ايجار|كراء"),
        (
            "utilities",
            "electric*|water bill|water|gas bill|heating|edf|engie|electricite|eau|luz|agua|strom|heizung|wasser|كهرباء",
        ),
        (
            "phone_internet",
            "phone|internet|mobile|wifi|telephone|forfait|telefono|movil|handy|telefon|broadband|sim",
        ),
        (
            "health",
            "doctor|pharmacy|pharmacie|farmacia|apotheke|medicine|medecin|medico|arzt|dentist*|dentiste|hospital|secu|glasses|صيدلية",
        ),
        ("personal_care", "haircut|hairdresser|barber|coiffeur|peluqueria|friseur|cosmetics|shampoo|spa"),
        (
            "clothing",
            "clothes|shoes|shirt|jacket|dress|vetements|chaussures|ropa|zapatos|kleidung|schuhe|hose|zara|h&m|jeans",
        ),
        (
            "subscriptions",
            "netflix|spotify|subscription*|abonnement|suscripcion|abo|disney*|prime video|icloud|youtube premium|hbo",
        ),
        (
            "leisure",
            "cinema|kino|movie*|concert*|museum|musee|museo|theatre|theater|cine|game*|jeu|juego|spiel|party|book|books|livre|libro|buch|tickets",
        ),
        ("sport", "gym|sport|fitness|yoga|ski*|swimming|piscine|gimnasio|fitnessstudio|football|tennis"),
        (
            "travel",
            "flight*|hotel*|airbnb|vol|avion|vuelo|flug|vacation|holiday|vacances|viaje|reise|booking|ryanair",
        ),
        ("education", "school|tuition|course|university|ecole|cours|escuela|matricula|schule|kurs|studium"),
        ("children", "nursery|daycare|creche|toys|diapers|couches|guarderia|kita|spielzeug|babysitter|kids"),
        ("pets", "vet|cat food|dog food|pet|veterinaire|veterinario|tierarzt|croquettes|katzenfutter"),
        ("gifts", "gift*|present|cadeau*|regalo*|geschenk*|flowers|fleurs|flores|blumen"),
        ("donations", "donation*|charity|don|donacion|spende*"),
        ("insurance", "insurance|assurance|seguro|versicherung"),
        ("taxes", "tax|taxes|impot*|impuesto*|steuer*"),
        ("fees", "fee|fees|frais|comision|gebuhr*|fine|amende|multa"),
        ("household", "furniture|ikea|meubles|muebles|mobel|cleaning|detergent|tools"),
        ("shopping", "amazon|shopping|laptop|phone case|ebay|electronics"),
    ]
]
IN_CATEGORIES = frozenset({"salary", "freelance", "benefits", "interest", "refunds", "gifts_received", "other_income"})
