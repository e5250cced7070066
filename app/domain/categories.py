"""The categories and groups of a new book, in four languages.

A key is the same in every language and release: models, budgets and rules refer to categories by key, and users may
rename, merge or archive them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

Kind = Literal["expense", "income"]

LANGUAGES = ("en", "fr", "es", "de")
COLOURS = 8


@dataclass(frozen=True, slots=True)
class DefaultCategory:
    """``icon`` is a Lucide name, ``colour`` a place 1..8 in the palette."""

    key: str
    name: str
    icon: str
    colour: int


@dataclass(frozen=True, slots=True)
class DefaultGroup:
    key: str
    name: str
    kind: Kind
    categories: tuple[DefaultCategory, ...]


# key | kind | its name in each of LANGUAGES
_GROUPS = """
everyday | expense | Everyday | Quotidien | Día a día | Alltag
home | expense | Home | Logement | Hogar | Wohnen
getting_around | expense | Getting around | Déplacements | Movilidad | Mobilität
wellbeing | expense | Health and care | Santé et bien-être | Salud y cuidado | Gesundheit und Pflege
free_time | expense | Free time | Temps libre | Tiempo libre | Freizeit
family | expense | Family and giving | Famille et dons | Familia y donativos | Familie und Spenden
money | expense | Money matters | Argent et impôts | Dinero e impuestos | Geld und Steuern
income | income | Income | Revenus | Ingresos | Einnahmen
"""

# group | key | icon | colour | its name in each of LANGUAGES
_CATEGORIES = """
everyday | groceries | shopping-basket | 1 | Groceries | Courses | Supermercado | Lebensmittel
everyday | dining_out | utensils | 2 | Dining out | Restaurants | Restaurantes | Restaurants
everyday | coffee | coffee | 3 | Coffee and snacks | Cafés et snacks | Cafés y meriendas | Café und Snacks
everyday | shopping | shopping-bag | 4 | Shopping | Achats | Compras | Einkäufe
everyday | clothing | shirt | 5 | Clothing | Vêtements | Ropa | Kleidung
home | housing | house | 6 | Rent and mortgage | Loyer et prêt | Alquiler e hipoteca | Miete und Kredit
home | utilities | plug | 7 | Energy and water | Énergie et eau | Suministros | Strom, Gas und Wasser
home | phone_internet | wifi | 8 | Phone and internet | Téléphone et internet | Teléfono e internet | Telefon und Internet
home | household | sofa | 1 | Household | Maison | Casa | Haushalt
getting_around | transport | bus | 2 | Public transport | Transports | Transporte | Bus und Bahn
getting_around | fuel | fuel | 3 | Fuel | Carburant | Combustible | Tanken
getting_around | car | car | 4 | Car and parking | Voiture et parking | Coche y aparcamiento | Auto und Parken
wellbeing | health | heart-pulse | 5 | Health | Santé | Salud | Gesundheit
wellbeing | personal_care | sparkles | 6 | Personal care | Soins et beauté | Cuidado personal | Körperpflege
wellbeing | sport | dumbbell | 7 | Sport | Sport | Deporte | Sport
free_time | leisure | clapperboard | 8 | Leisure | Loisirs | Ocio | Unterhaltung
free_time | subscriptions | repeat | 1 | Subscriptions | Abonnements | Suscripciones | Abos
free_time | travel | plane | 2 | Travel | Voyages | Viajes | Reisen
family | education | graduation-cap | 3 | Education | Éducation | Educación | Bildung
family | children | baby | 4 | Children | Enfants | Niños | Kinder
family | pets | paw-print | 5 | Pets | Animaux | Mascotas | Haustiere
family | gifts | gift | 6 | Gifts | Cadeaux | Regalos | Geschenke
family | donations | hand-heart | 7 | Donations | Dons | Donativos | Spenden
money | insurance | shield | 8 | Insurance | Assurances | Seguros | Versicherungen
money | taxes | landmark | 1 | Taxes | Impôts | Impuestos | Steuern
money | fees | receipt | 2 | Bank and other fees | Frais bancaires et autres | Comisiones | Gebühren
money | other_expense | circle-help | 3 | Other spending | Autres dépenses | Otros gastos | Sonstige Ausgaben
income | salary | briefcase | 4 | Salary | Salaire | Nómina | Gehalt
income | freelance | laptop | 5 | Freelance work | Travail indépendant | Trabajo autónomo | Freiberufliches
income | benefits | hand-coins | 6 | Benefits and pension | Allocations et pension | Prestaciones y pensión | Sozialleistungen und Rente
income | interest | piggy-bank | 7 | Interest and dividends | Intérêts et dividendes | Intereses y dividendos | Zinsen und Dividenden
income | refunds | undo-2 | 8 | Refunds | Remboursements | Reembolsos | Erstattungen
income | gifts_received | wallet | 1 | Gifts received | Cadeaux reçus | Regalos recibidos | Erhaltene Geschenke
income | other_income | banknote | 2 | Other income | Autres revenus | Otros ingresos | Sonstige Einnahmen
"""  # noqa: E501


def _table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


GROUPS: dict[str, tuple[Kind, list[str]]] = {
    key: ("income" if kind == "income" else "expense", names) for key, kind, *names in _table(_GROUPS)
}
KEYS = tuple(key for _group, key, *_rest in _table(_CATEGORIES))
KIND_OF: dict[str, Kind] = {key: GROUPS[group][0] for group, key, *_rest in _table(_CATEGORIES)}


@cache
def defaults(language: str) -> tuple[DefaultGroup, ...]:
    """Return the default categories in a language. ``de-AT`` is read as ``de``, an unknown language as English."""
    short = language.replace("_", "-").partition("-")[0].lower()
    place = LANGUAGES.index(short) if short in LANGUAGES else 0
    return tuple(
        DefaultGroup(
            group,
            names[place],
            kind,
            tuple(
                DefaultCategory(key, called[place], icon, int(colour))
                for owner, key, icon, colour, *called in _table(_CATEGORIES)
                if owner == group
            ),
        )
        for group, (kind, names) in GROUPS.items()
    )
