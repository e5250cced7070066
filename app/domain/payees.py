"""Readable payee names from bank descriptions."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_CHARACTERS = 80  # characters of a clean payee

# In front of a payee: how it was paid, or who carried the money. Each goes as long as something is left.
LEADING = re.compile(
    r"""(?:
    (?:sq|sqc?u?|tst|sp|pp|iz|zettle[ _]|sumup[ ]?|paypal|pypl|ppl|klarna|adyen|mollie|stripe|ncp|py|bt
        |ckf?|wpy|fs|dri|lsp|nyx|ebn|gpay|google[ ]pay|apple[ ]pay|izettle|worldpay)[ ]?\*\s?
    | (?:paypal|izettle|zettle|sumup|nochex|sagepay|worldpay|stripe)[ ](?=\S)
    | (?:paiement|achat|retrait)[ ](?:par[ ])?(?:carte|cb)(?:[ ]bancaire)?[ ]?
    | carte[ ](?=x{0,20}\d) | (?-i:CB)[ ](?=\S)
    | (?:prlv|prelevement|prélèvement|virement|vir)(?:[ ]sepa)?(?:[ ](?:recu|reçu|emis|émis
        |instantane|instantané|inst|de|a|en[ ]faveur[ ]de))*[ ]
    | (?:compra|pago|adeudo|recibo)[ ](?:(?:con[ ])?tarj(?:eta)?\.?[ :]{0,3}(?:[x*]{0,20}\d{4,16}[ ]?)?)?(?:en
        |a|de)[ ]
    | (?:compra|pago|recibo)[ ](?:(?:con[ ])?tarj(?:eta)?\.?[ :]{0,3}[x*]{0,20}\d{4,16}[ ]?)?
    | transferencia[ ](?:(?:sepa|inmediata|recibida|emitida|realizada)[ ])*(?:a[ ]favor[ ]de|de|a)[ ]
    | (?:kartenzahlung|kartenverfügung|ec[- ]?karte|girocard|lastschrift(?:einzug)?|basislastschrift
        |dauerauftrag|gutschrift|echtzeit-?überweisung|überweisung|ueberweisung|bargeldauszahlung
        |folgelastschrift|erstlastschrift)[ ]?(?:an|von|bei)?[ :]{1,3}
    | (?:sepa[- ]?(?:lastschrift|überweisung|ueberweisung|direct[ ]debit|credit[ ]transfer|dd|ct
        |basislastschrift|incasso)?)[ :]{1,3}
    | (?:(?:contactless|debit[ ]card|card|visa|mastercard|maestro|pos|point[ ]of[ ]sale|eftpos|online|mobile
        |recurring)[ ])+(?:purchase|payment|debit|transaction)[ ](?:(?:to|at|from)[ ])?
    | (?:purchase|payment|paid)[ ](?:to|at|from|authori[sz]ed[ ]on)[ ]
    | (?-i:(?:VISA|MASTERCARD|MAESTRO|POS|EFTPOS|DD|BGC|FPO|FPI|BBP|CLP|DEB|CPT|VIS)[ :]{1,3})(?=[A-Za-zÀ-ÿ]{3})
    | (?:direct[ ]debit|standing[ ]order|faster[ ]payment|bill[ ]payment|bank[ ]transfer
        |transfer)[ ](?:(?:to|from|in|out)[ ])?
    | (?:https?://)?www\.
    | https?://
    | \d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?[ ]
    | (?:ref|reference)[ .:#]*\d{4,}[ ]
    | (?:x{1,20}|\*{1,20})\d{3,4}[ ]
    )""",
    re.VERBOSE | re.IGNORECASE,
)
# Anywhere: thanks, addresses, and what only a machine reads; the latter always has a digit.
CHATTER = re.compile(
    r"\b(?:sagt danke|dankt|danke|vielen dank|thank you|merci|gracias)\b.*"
    r"|\b(?:help|support)\.[a-z]+\.?(?:com)?.*|//.*"
    r"|\b(?:eref|kref|mref|cred|svwz|abwa|iban|bic|debt|purp)[+:][^ ]*",
    re.IGNORECASE,
)
# Behind a payee: how American banks name the electronic payment, as in “Greystar Rent Web Pmts Web”.
ELECTRONIC = re.compile(
    r"(?: (?:web|ach|ppd|ccd|tel|online|elec|electronic|auto) (?:pmts?|pymts?|pmnts?|pymnts?)| (?:pmts|pymts|pymt) ?)"
    r"(?: (?:web|ach|ppd|ccd|tel|id)\b)*+ *$|(?: (?:ppd|ccd|web) id)$",
    re.IGNORECASE,
)
DIGIT = re.compile(r"[0-9]")
NOISE = re.compile(
    r"""(?:
    \b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b(?=[ ]|$)
    | \b(?:ref(?:erence)?|auth(?:code)?|mandat(?:e)?|rum|ics|trx|txn|tid|mid|inv(?:oice)?|rg|re|nr|no
        |num|order|bestellung)[ ]?[.:#-]{1,5}[ ]?[\w/-]{0,40}\d[\w/-]*
    | \b(?:carte|card|karte|tarjeta|tarj|cb)[ .:]*(?:n[o°r]\.?[ ]*)?[x*]{0,20}\d{2,}\b
    | (?<![\w*])[x*]{2,20}\d{2,4}\b
    | \b\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?:[ T]\d{1,2}[:.h]\d{2}(?::\d{2})?)?\b
    | \b\d{1,2}[/.]\d{1,2}\b\.?
    | \b\d{1,2}:\d{2}(?::\d{2})?\b
    | \b(?:usd|eur|gbp|chf)[ ]?\d+[.,]\d{2}\b | \b\d+[.,]\d{2}[ ]?(?:usd|eur|gbp|chf)\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)
COUNTRY = _words(
    """
    de deu fr fra es esp it ita gb gbr uk us usa nl nld be bel at aut ch che ie irl pt prt lu lux se swe dk
    dnk no nor fi fin pl pol cz cze dz dza ma mar ca can au aus
    """
)
CITIES = _words(
    """
    amsterdam antwerp athens atlanta austin barcelona bari basel belfast berlin bern bilbao birmingham bologna
    bonn bordeaux boston bremen bristol brussels bruxelles brussel budapest cardiff casablanca chicago cologne
    copenhagen cork dallas denver detroit dortmund dresden dublin duesseldorf dusseldorf düsseldorf edinburgh
    essen firenze florence frankfurt freiburg genova geneva geneve genève glasgow graz grenoble hamburg
    hannover helsinki houston köln koeln krakow lausanne leeds leicester leipzig liege lille lisboa lisbon
    liverpool ljubljana london lyon madrid malaga málaga manchester mannheim marseille melbourne miami milan
    milano minneapolis montpellier montreal munich münchen muenchen murcia nantes napoli naples newcastle nice
    nottingham nürnberg nuernberg oakland oran oslo palermo palma paris philadelphia phoenix porto portland
    potsdam praha prague rabat rennes roma rome rotterdam rouen salzburg seattle sevilla seville sheffield
    stockholm strasbourg stuttgart sydney toronto torino toulouse tunis turin utrecht valencia vancouver
    venezia vienna warsaw warszawa wien zaragoza zurich zürich alger algiers
    """
)
CITY_PAIRS = frozenset(
    (
        "san francisco",
        "new york",
        "los angeles",
        "las vegas",
        "san diego",
        "san jose",
        "den haag",
        "the hague",
        "frankfurt am",
    )
)
STATES = _words(
    """
    al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh
    ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc
    """
)
LEGAL = _words(
    """
    ltd limited llc inc gmbh ag kg ohg ug mbh se sa sas sarl sasu eurl srl spa sl slu bv nv plc llp lt oy ab
    aps co.kg gmbh&co sàrl s.a. s.l. s.l.u. s.r.l. s.p.a. e.k. e.v. b.v. n.v. corp corporation eu
    """
)
CLEAR = _words("gb gbr uk usa deu fra esp nld")  # no other word is written like these
JOINING = _words("& and und et co")
SHOP_WORDS = _words("store stores shop filiale fil markt branch st nr no str")
# What a merchant prints to what it is called; the first word or words decide.
KNOWN = (
    (re.compile(r"(?:amzn|amazon|amz)\b(?!.*\b(?:prime|video|music|aws|web services)\b).*", re.I), "Amazon"),
    (re.compile(r"\A(?:amzn|amazon)\b.*\bprime\b.*", re.I), "Amazon Prime"),
    (re.compile(r"(?:amazon web services|aws\b).*", re.I), "AWS"),
    (re.compile(r"tfl\b.*|transport for london.*", re.I), "TfL"),
    (re.compile(r"uber\W*eats.*", re.I), "Uber Eats"),
    (re.compile(r"uber\b.*", re.I), "Uber"),
    (re.compile(r"netflix\b.*", re.I), "Netflix"),
    (re.compile(r"spotify\b.*", re.I), "Spotify"),
    (re.compile(r"apple\.com.*|itunes\b.*", re.I), "Apple"),
    (re.compile(r"google\W+(?!pay\b)(?:play|storage|one|youtube|cloud|ads?)\w*.*", re.I), "Google"),
    (re.compile(r"(?:facebk|facebook|fb\.me|metaplatforms)\b.*", re.I), "Facebook"),
    (re.compile(r"mc ?donald'?s?\b.*", re.I), "McDonald's"),
    (re.compile(r"h ?& ?m\b.*|h et m\b.*", re.I), "H&M"),
    (re.compile(r"7[ -]?eleven\b.*", re.I), "7-Eleven"),
    (re.compile(r"dm(?:[ -]?drogerie(?:[ -]?mark?t?)?)?\b(?!\w).*", re.I), "dm"),
    (re.compile(r"o2\b.*", re.I), "O2"),
    (re.compile(r"wm ?supercenter\b.*|wal-?mart\b.*", re.I), "Walmart"),
    (re.compile(r"c ?& ?a\b.*", re.I), "C&A"),
    (re.compile(r"sainsbury'?s?\b.*", re.I), "Sainsbury's"),
    (re.compile(r"m ?& ?s\b.*|marks ?(?:&|and) ?spencer\b.*", re.I), "M&S"),
    (re.compile(r"tesco\b.*", re.I), "Tesco"),
    (re.compile(r"asda\b.*", re.I), "Asda"),
    (re.compile(r"lidl\b.*", re.I), "Lidl"),
    (re.compile(r"aldi\b.*", re.I), "Aldi"),
    (re.compile(r"rewe\b.*", re.I), "Rewe"),
    (re.compile(r"edeka\b.*", re.I), "Edeka"),
    (re.compile(r"ikea\b.*", re.I), "IKEA"),
    (re.compile(r"ebay\b.*", re.I), "eBay"),
    (re.compile(r"(?:tv ?licen[cs]ing|tv ?licen[cs]e)\b.*", re.I), "TV Licensing"),
    (re.compile(r"deutsche bahn\b.*|db vertrieb\b.*", re.I), "Deutsche Bahn"),
    (re.compile(r"sncf\b.*", re.I), "SNCF"),
)  # fmt: skip
UPPERCASE_WORDS = _words(
    """
    IKEA BP KFC UPS DHL TK AOK EDF H&M C&A M&S B&Q EE O2 SNCF RATP TGV BMW VW HSBC ING IBM HP AT&T CVS TGI WH
    RSPCA RSPB NHS UK BBC BT ATM DB BVG MVG AXA HUK DKV GEZ LVM ADAC TUI KLM TUV TÜV EON E.ON RWE SFR PC TV
    USA II III IV GWR NCP KPMG AA RAC YMCA DVLA HMRC DWP AWS
    """
)
LOWERCASE_WORDS = _words(
    """
    and of the for in on at to a de du des la le les et en y e del los las und der die das am im von zu van
    der di da
    """
)
DOMAIN = re.compile(
    r"([a-z0-9-]{2,63})\.(?:com|(?:co|ac|gov|sch)\.uk|org\.uk|org|net|de|fr|es|it|eu|io|uk|nl|be|at|ch|app|info|shop|co\.?u?|c|com?)\.?$",
    re.I,
)
CODE = re.compile(r"[a-z0-9*#/_.-]{4,400}", re.I)
FIRST_LETTER = re.compile(r"(?:^|\||\()(?:\?:)?(\w)")
WORD = re.compile(r"[^\W\d_]{2}")
STAR = re.compile(r"\s?\*\s?")
MIN_DIGITS_BY_MACHINE, MIN_DIGITS_BY_HAND = 3, 4  # digits of a number that is none of the name
EDGES = " \t-–—_,;:.*/\\|#+=\"'`<>~^"
NOT_WORD = re.compile(r"[^\w]+|_+")
MAX_KEY_WORDS = 4
# Words that banks print around the payee, in the languages of the interface, and months.
BANK_WORDS = _words(
    """
    achat ach auth bacs bank bill booking buchung card carte cb cargo compra contactless credit dd debit direct
    domiciliacion dauerauftrag echeance facture faster from gutschrift kartenzahlung lastschrift mandat mandate mc
    online order paiement payment pago payt pmt pos prelevement prlv purchase rcur recibo recurring ref reference
    sepa standing sto to transaction transfer transferencia txn uberweisung vir virement visa web january february
    march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct
    nov dec janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre enero febrero
    marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre januar februar marz juni juli
    oktober dezember
    """
)


@lru_cache(maxsize=16384)
def clean(text: str) -> str:
    """Return a payee without card, terminal, date, place and legal form.

    ``SQ *BLUE BOTTLE 4421 OAKLAND`` becomes ``Blue Bottle``. Never empty for a text that is not; a clean payee does not
    change.
    """
    shown = " ".join("".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text[:400])).split())
    seen = set()
    while shown not in seen:  # each pass may expose more to drop; a few passes suffice
        seen.add(shown)
        shown = _once(shown)
        if len(seen) > 12:
            break
    return shown


@lru_cache(maxsize=50_000)
def key(text: str) -> str:
    """Return the key that identifies a payee: texts with equal keys are the same payee.

    It is the clean name, folded, without words that banks add to every payee, month names and numbers, as long as
    another word remains. Lines of one payee have the same key every month. Names that people typed are told apart by
    `name_key`.
    """
    words = NOT_WORD.sub(" ", _plain(clean(text)).replace("'", "")).split()
    names = [word for word in words if word not in BANK_WORDS and len(word) > 1 and not DIGIT.search(word)]
    return " ".join((names or [word for word in words if word not in BANK_WORDS] or words)[:MAX_KEY_WORDS])


def name_key(name: str) -> str:
    """Return the key under which a payee is stored: the name without case, accents and doubled spaces.

    It keeps every word, so that a typed name stays as typed: “Anna” is not “Anna Berlin”. At most 120 characters.
    """
    return (" ".join(_plain(name).split()) or name.casefold().strip())[:120]


def _plain(text: str) -> str:
    """Return lower case without accents, with one kind of apostrophe."""
    split = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(c for c in split if not unicodedata.combining(c))


def _once(text: str) -> str:
    start = _without_leading(text)
    known = _known(start)
    if known:
        return known
    middle = _or(" ".join(_without_noise(start).split()).strip(EDGES), start)
    after = _known(middle)
    if after:
        return after
    words = _without_star(middle).split()
    words = _without_tail(words)
    words = [_domain(word) for word in words]
    name = _or(" ".join(words).strip(EDGES), middle)
    return _cased(name[:MAX_CHARACTERS].strip() or text[:MAX_CHARACTERS])


def _without_noise(text: str) -> str:
    text = CHATTER.sub(" ", text)
    text = NOISE.sub(" ", text) if DIGIT.search(text) else text
    return _or(ELECTRONIC.sub("", text).strip(EDGES), text)


def _without_leading(text: str) -> str:
    while found := LEADING.match(text):
        rest = text[found.end() :].lstrip(EDGES)
        if not found.end() or not WORD.search(rest):
            return text
        text = rest
    return text


@lru_cache(maxsize=256)
def _known_by(letter: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the patterns of ``KNOWN`` with an alternative that begins with this letter."""
    return tuple(pair for pair in KNOWN if letter in FIRST_LETTER.findall(pair[0].pattern))


def _known(text: str) -> str | None:
    for pattern, name in _known_by(text[:1].lower()):
        if pattern.fullmatch(text):
            return name
    return None


def _or(text: str, otherwise: str) -> str:
    return text if WORD.search(text) or (text and not WORD.search(otherwise)) else otherwise


def _without_star(text: str) -> str:
    """Remove an order number, or the payment processor, beside a star."""
    before, star, after = text.partition("*")
    if not star:
        return text
    before, after = before.strip(), after.strip()
    if WORD.search(before) and (
        not WORD.search(after) or (CODE.fullmatch(first := after.split()[0]) and DIGIT.search(first))
    ):
        return before
    return f"{before} {STAR.sub(' ', after)}".strip()


def _without_tail(words: list[str]) -> list[str]:
    """Drop words that are no name from the end; the first word stays."""
    keep = list(words)
    least = MIN_DIGITS_BY_MACHINE if _by_machine(words) else MIN_DIGITS_BY_HAND
    while len(keep) > 1 and (drop := _at_the_end(keep, least, cut=len(keep) < len(words))):
        del keep[-drop:]
    # From a shop's number on it is the place: BLUE BOTTLE 4421 OAKLAND.
    for at in range(1, len(keep)):
        if keep[at].isdigit() and len(keep[at]) >= least and WORD.search(" ".join(keep[:at])):
            return keep[:at]
    return keep


def _at_the_end(words: list[str], least: int, cut: bool) -> int:
    """Return how many words at the end are no part of the name. ``cut``: some are removed already."""
    before, last = (word.strip(EDGES + "()").casefold() for word in words[-2:])
    if len(words) > 2 and (f"{before} {last}" in CITY_PAIRS or (last.isdigit() and before in SHOP_WORDS)):
        return 2
    if not last or last in LEGAL or last in JOINING or _is_code(last, least):
        return 1
    if last in CITIES and _may_go(words):
        return 1
    if last in SHOP_WORDS and cut and len(words) > 2:
        return 1
    abroad = (last in COUNTRY or last in STATES) and last not in LOWERCASE_WORDS and last != "co"
    return int(len(words) > 2 and (last in CLEAR or (abroad and (cut or _is_place(words[:-1])))))


def _is_place(words: list[str]) -> bool:
    return words[-1].casefold() in CITIES or " ".join(words[-2:]).casefold() in CITY_PAIRS


def _by_machine(words: list[str]) -> bool:
    whole = " ".join(words)
    return whole == whole.upper() or whole == whole.lower()


def _may_go(words: list[str]) -> bool:
    """Return whether a city can be removed: not in Bank *of* Madrid, nor after one generic word."""
    before = words[-2].casefold().strip(EDGES)
    return before not in LOWERCASE_WORDS and not (len(words) == 2 and (before in GENERIC or len(before) <= 3))


GENERIC = _words(
    """
    hotel stadtwerke restaurant cafe café pizza coffee studio dr. frau herr university universität université
    city stadt ville museum airport flughafen aeroport bank zoo port transport metro taxi council bvg messe
    theater theatre university college hospital new west east north south royal oper
    """
)


def _is_code(word: str, least: int) -> bool:
    digits = sum(map(str.isdigit, word))
    if not digits:
        return False
    if word.isdigit():
        return digits >= least
    return bool(CODE.fullmatch(word)) and digits >= 2 and (digits >= least or len(word) >= 6)


def _domain(word: str) -> str:
    found = DOMAIN.fullmatch(word)
    return found[1] if found else word


def _cased(name: str) -> str:
    """Write a name in capitals or lower case with initial capitals; mixed case was typed by a person."""
    if not _by_machine([name]):
        return name
    return " ".join(_cased_word(word, at) for at, word in enumerate(name.split()))


def _cased_word(word: str, at: int) -> str:
    if word.upper() in UPPERCASE_WORDS:
        return word.upper()
    if at and word.lower() in LOWERCASE_WORDS:
        return word.lower()
    if word.isalpha():
        return word[:1].upper() + word[1:].lower()
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)?", lambda part: part[0][:1].upper() + part[0][1:].lower(), word)
