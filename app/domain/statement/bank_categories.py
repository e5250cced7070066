"""What banks call their categories of spending, as keys of the default categories."""

# ruff: noqa: E501 – lists of names
from __future__ import annotations

from app.domain.statement.vocabulary import fold

_NAMES = {
    "groceries": "groceries, grocery, supermarket, supermarkets, food, food and groceries, lebensmittel, einkaufe, courses,"
    " alimentation, supermercado, alimentacion, boodschappen, dagligvarer, livsmedel, spesa, supermercati, супермаркеты",
    "dining_out": "eating out, dining, dining out, restaurant, restaurants, food and drink, food drink, restaurants and bars,"
    " takeaway, fast food, gastronomie, essen gehen, restaurantes, bares y restaurantes, ristoranti, uit eten, horeca,"
    " кафе и рестораны, рестораны, фастфуд, food dining",
    "coffee": "coffee, cafes, coffee shops, coffee and snacks, cafe, kaffee",
    "shopping": "shopping, general merchandise, merchandise, retail, einkaufen, einkaufe, achats, compras, winkelen,"
    " online shopping",
    "clothing": "clothing, clothes, apparel, fashion, kleidung, vetements, ropa, abbigliamento, kleding",
    "housing": "rent, mortgage, housing, home, rent and mortgage, miete, wohnen, logement, loyer, alquiler, vivienda, hypotheek",
    "utilities": "utilities, bills and utilities, bills utilities, energy, electricity, gas and electric, strom, energie, suministros,"
    " nutsvoorzieningen, жкх",
    "phone_internet": "phone, mobile, internet, telecom, telecommunications, phone and internet, telefon, telephone, telefonia, связь",
    "household": "household, home and garden, home improvement, furniture, haushalt, maison, hogar, huishouden, casa",
    "transport": "transport, public transport, public transportation, transportation, transit, travel and transport, taxi,"
    " taxis, rideshare, bus und bahn, mobilitat, transports, transporte, vervoer, openbaar vervoer, trasporti, транспорт, такси",
    "fuel": "fuel, gas, gas station, gas stations, petrol, tanken, carburant, essence, gasolina, combustible, brandstof, азс, топливо",
    "car": "car, auto, auto and transport, automotive, parking, car and parking, voiture, coche, auto e moto",
    "health": "health, healthcare, medical, pharmacy, health and wellness, health wellness, gesundheit, sante, salud, zorg, salute,"
    " аптеки, здоровье, медицина",
    "personal_care": "personal care, beauty, hair, cosmetics, pflege, soins, cuidado personal, красота",
    "sport": "sport, sports, fitness, gym, sports and fitness, sport und fitness",
    "leisure": "entertainment, leisure, fun, hobbies, freizeit, unterhaltung, loisirs, ocio, vrije tijd, intrattenimento, развлечения",
    "subscriptions": "subscriptions, subscription, streaming, abonnements, abos, suscripciones, abbonamenti",
    "travel": "travel, holidays, holiday, vacation, hotels, airlines, flights, reisen, urlaub, voyages, vacances, viajes, reizen,"
    " vakantie, viaggi, путешествия",
    "education": "education, books, tuition, school, bildung, educacion, onderwijs, istruzione, образование",
    "children": "children, kids, childcare, family, kinder, enfants, ninos",
    "pets": "pets, pet care, haustiere, animaux, mascotas, животные",
    "gifts": "gifts, presents, geschenke, cadeaux, regalos",
    "donations": "donations, charity, charities, spenden, dons, donativos, giving",
    "insurance": "insurance, versicherung, versicherungen, assurance, assurances, seguros, verzekeringen",
    "taxes": "taxes, tax, steuern, impots, impuestos, belasting, tasse",
    "fees": "fees, fees and charges, bank fees, fees adjustments, bank charges, gebuhren, frais bancaires, comisiones, kosten",
    "salary": "salary, income, wages, paycheck, payroll, gehalt, lohn, salaire, nomina, salaris, stipendio, зарплата",
    "interest": "interest, dividends, zinsen, interets, intereses, rente",
    "refunds": "refund, refunds, cashback, erstattung, remboursement, reembolso",
}
#: Category key by what a bank calls it, folded.
BANK_CATEGORIES = {fold(name): key for key, names in _NAMES.items() for name in names.split(",")}
