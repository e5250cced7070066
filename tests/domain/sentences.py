"""Sentences people type, with what they mean on Saturday 21 November 2026: amounts, dates and kinds.

``TUNED`` were looked at while the grammar was written; ``HELD_OUT`` were written before it and not tuned on.
A line: locale | currency of the book | sentence | entries, each ``amount currency day kind``.
"""

from __future__ import annotations

TUNED = """
en-GB | DZD | I spent 500 DZD at a coffee shop | 500 DZD 0 expense
en-GB | EUR | salary 3.2k | 3200 EUR 0 income
en-GB | EUR | coffee 3.50, lunch 12 and bus 2.80 yesterday | 3.50 EUR -1 expense; 12 EUR -1 expense; 2.80 EUR -1 expense
en-GB | EUR | moved 200 from checking to savings | 200 EUR 0 transfer
en-US | USD | groceries at Trader Joe's $84.12 on 11/19 | 84.12 USD -2 expense
en-GB | GBP | £20 refund from Amazon last friday | 20 GBP -1 refund
en-GB | EUR | twenty five euros for petrol three days ago | 25 EUR -3 expense
en-GB | EUR | dinner 60 split with Sam equally | 60 EUR 0 expense
en-GB | EUR | paid rent 850 on 1 november | 850 EUR -20 expense
en-GB | EUR | how much did I spend on coffee? |
en-GB | EUR | I have 3 cats |
en-GB | EUR | hello there |
en-GB | EUR | 2x9.50 cinema tickets | 19 EUR 0 expense
en-GB | EUR | taxi 12 on 2026-11-15 | 12 EUR -6 expense
fr-FR | EUR | café 4€60 hier | 4.60 EUR -1 expense
fr-FR | EUR | j'ai payé 45,90 chez Carrefour avant-hier | 45.90 EUR -2 expense
fr-FR | EUR | salaire 2 450 € | 2450 EUR 0 income
fr-FR | DZD | mille deux cents dinars de courses il y a trois jours | 1200 DZD -3 expense
fr-FR | EUR | combien ai-je dépensé en restaurants |
fr-FR | EUR | virement de 300 € du compte courant vers le livret A | 300 EUR 0 transfer
fr-FR | EUR | remboursement sécu 23,40 lundi dernier | 23.40 EUR -5 refund
es-ES | EUR | mil quinientos euros de alquiler | 1500 EUR 0 expense
es-ES | EUR | gasté 12,50 en el supermercado ayer | 12.50 EUR -1 expense
es-ES | EUR | me pagaron 800 de nómina el viernes pasado | 800 EUR -1 income
es-MX | MXN | 5 mil pesos de renta | 5000 MXN 0 expense
es-ES | EUR | cuánto gasté en café este mes |
de-DE | EUR | zweihundertfünfzig Euro für Schuhe gestern | 250 EUR -1 expense
de-DE | EUR | 1.234,56 € Miete am 1.11. | 1234.56 EUR -20 expense
de-DE | EUR | Gehalt 3.100 | 3100 EUR 0 income
de-DE | CHF | Zug 23.80 vor drei Tagen | 23.80 CHF -3 expense
de-DE | EUR | wie viel habe ich für Essen ausgegeben? |
ar-DZ | DZD | ٥٠٠ دينار قهوة | 500 DZD 0 expense
en-GB | EUR | Sam paid 45 for dinner at Nando's yesterday | 45 EUR -1 expense
en-GB | EUR | 3 days ago I bought a lamp for 29.99 at Ikea | 29.99 EUR -3 expense
en-GB | EUR | spent thirty quid on drinks last saturday | 30 GBP -7 expense
en-US | USD | paid $1,250 for rent | 1250 USD 0 expense
en-US | USD | gas 45.10, car wash 12, tolls 6.75 | 45.10 USD 0 expense; 12 USD 0 expense; 6.75 USD 0 expense
en-GB | EUR | my mum gave me 50 euros for my birthday | 50 EUR 0 income
en-GB | EUR | interest 3.21 on savings | 3.21 EUR 0 income
en-GB | EUR | I need to call the bank at 5pm |
en-GB | EUR | we were 4 people at dinner |
en-GB | EUR | dinner for 4 people 86.40 | 86.40 EUR 0 expense
en-GB | EUR | bought 2 books for 24 | 24 EUR 0 expense
en-GB | EUR | 50 cents gum | 0.50 EUR 0 expense
en-GB | JPY | ramen ¥1200 on 18 nov | 1200 JPY -3 expense
en-GB | EUR | transfer 1000 eur to savings account | 1000 EUR 0 transfer
en-GB | EUR | 2 grand for the new boiler | 2000 EUR 0 expense
en-GB | EUR | 500 | 500 EUR 0 expense
en-GB | EUR | thanks! |
en-GB | EUR | my rent is 850 a month |
en-GB | EUR | bus 24/7 pass 60 | 60 EUR 0 expense
en-US | USD | lent 40 to Mike | 40 USD 0 expense
fr-FR | EUR | restau 32 avec Paul hier soir | 32 EUR -1 expense
fr-FR | EUR | j'ai 3 chats |
fr-FR | EUR | j'ai dépensé 15 balles au bar samedi dernier | 15 EUR -7 expense
fr-FR | EUR | prime de 500 € reçue le 10/11 | 500 EUR -11 income
fr-FR | EUR | deux cafés 5,40 | 5.40 EUR 0 expense
fr-FR | EUR | loyer neuf cent cinquante euros | 950 EUR 0 expense
fr-FR | EUR | retiré 60 € au distributeur | 60 EUR 0 transfer
fr-FR | DZD | 3 mille dinars chez le boucher aujourd'hui | 3000 DZD 0 expense
es-ES | EUR | tres cervezas 9 euros anoche | 9 EUR -1 expense
es-ES | EUR | pagué 60 de luz el 15 de noviembre | 60 EUR -6 expense
es-ES | EUR | me devolvieron 25 € de Zara | 25 EUR 0 refund
es-ES | EUR | taxi 14 y cena 28,50 ayer | 14 EUR -1 expense; 28.50 EUR -1 expense
es-ES | EUR | tengo dos hermanos |
de-DE | EUR | 45 Euro getankt | 45 EUR 0 expense
de-DE | EUR | gestern 8,50 für Döner ausgegeben | 8.50 EUR -1 expense
de-DE | EUR | Miete 780 überwiesen am 01.11. | 780 EUR -20 expense
de-DE | EUR | 200 Euro vom Girokonto aufs Sparkonto | 200 EUR 0 transfer
de-DE | EUR | Lohn 2.300,00 € am Freitag | 2300 EUR -1 income
de-DE | EUR | ich habe 2 Katzen |
de-DE | EUR | drei Bier 12 Euro und Taxi 15 Euro vorgestern | 12 EUR -2 expense; 15 EUR -2 expense
"""

HELD_OUT = """
en-GB | GBP | Tesco 43.27 this morning | 43.27 GBP 0 expense
en-GB | EUR | got paid 2,850.00 today | 2850 EUR 0 income
en-GB | EUR | bought shoes for 79.99 last Tuesday | 79.99 EUR -4 expense
en-US | USD | uber $18 and burrito $11.50 last night | 18 USD -1 expense; 11.50 USD -1 expense
en-GB | EUR | a hundred and twenty euros for the vet | 120 EUR 0 expense
en-GB | EUR | put 500 into savings from my current account | 500 EUR 0 transfer
en-GB | EUR | electricity bill 96.40 due tomorrow | 96.40 EUR 1 expense
en-GB | EUR | Zara gave me back 35 euros yesterday | 35 EUR -1 refund
en-GB | EUR | two coffees 7.20 with Jo, split | 7.20 EUR 0 expense
en-GB | EUR | freelance invoice paid 1.5k on the 15th | 1500 EUR -6 income
en-GB | CHF | 12 francs parking on monday | 12 CHF -5 expense
en-GB | EUR | should I buy a 900 euro laptop? |
en-GB | EUR | what is my balance |
en-US | USD | sold old bike for 150 bucks | 150 USD 0 income
en-GB | GBP | haircut 15 quid, beer 5.60 | 15 GBP 0 expense; 5.60 GBP 0 expense
en-US | USD | netflix 15.49 11/02 | 15.49 USD -19 expense
en-GB | EUR | withdrew 100 in cash from the ATM | 100 EUR 0 transfer
en-GB | EUR | set my food budget to 300 |
fr-FR | EUR | boulangerie 3,20 et pharmacie 14,75 ce matin | 3.20 EUR 0 expense; 14.75 EUR 0 expense
fr-FR | EUR | reçu 1 800 euros de salaire hier | 1800 EUR -1 income
fr-FR | EUR | plein d'essence soixante-dix euros | 70 EUR 0 expense
fr-FR | EUR | Netflix 13€49 le 5 novembre | 13.49 EUR -16 expense
fr-FR | DZD | 2500 DA de taxi avant hier | 2500 DZD -2 expense
fr-FR | EUR | combien me reste-t-il pour les courses ce mois-ci ? |
fr-FR | EUR | j'ai viré 150 de mon compte courant vers mon épargne | 150 EUR 0 transfer
es-ES | EUR | veinticinco euros de gasolina ayer | 25 EUR -1 expense
es-ES | EUR | cena 34,80 con Ana a medias | 34.80 EUR 0 expense
es-ES | EUR | pasé 200 de la cuenta a ahorros | 200 EUR 0 transfer
es-ES | EUR | cobré 1.450 € de sueldo hace dos días | 1450 EUR -2 income
es-ES | EUR | pan 1,10 y leche 0,95 | 1.10 EUR 0 expense; 0.95 EUR 0 expense
de-DE | EUR | 12,90 € Mittagessen heute | 12.90 EUR 0 expense
de-DE | EUR | Rewe 54,30 vorgestern | 54.30 EUR -2 expense
de-DE | EUR | habe 20 Euro von Amazon zurückbekommen | 20 EUR 0 refund
de-DE | EUR | Kaffee 3,50 und Kuchen 4,20 letzten Montag | 3.50 EUR -5 expense; 4.20 EUR -5 expense
de-DE | EUR | dreißig Euro fürs Kino am 14. November | 30 EUR -7 expense
ar-DZ | DZD | دفعت ١٢٠٠ دج امس | 1200 DZD -1 expense
"""
