"""Sentences people type, with what they mean: amounts, days from today, kinds.

``TUNED`` were looked at while the grammar was written; ``HELD_OUT`` were written before it and not tuned on. Both are
of Saturday 21 November 2026. ``REPORTED``, ``TRANSACTIONS`` and ``NO_TRANSACTIONS`` are of Sunday 29 November 2026.
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

REPORTED = """
fr-FR | EUR | maison 1,2 M€ | 1200000 EUR 0 expense
en-US | USD | house 1.2M | 1200000 USD 0 expense
en-GB | EUR | gum 50c | 0.50 EUR 0 expense
de-DE | EUR | Kaugummi 50 ct | 0.50 EUR 0 expense
en-GB | GBP | coffee 3 quid 20 | 3.20 GBP 0 expense
de-DE | EUR | Essen zweiundzwanzig Euro fünfzig | 22.50 EUR 0 expense
fr-FR | EUR | pain trois euros vingt | 3.20 EUR 0 expense
de-DE | EUR | Bäcker drei Euro zwanzig | 3.20 EUR 0 expense
en-GB | EUR | coffee three euros twenty | 3.20 EUR 0 expense
en-GB | EUR | lunch 12 1w ago | 12 EUR -7 expense
en-GB | EUR | rent 900 on the last day of october | 900 EUR -29 expense
en-GB | EUR | rent 900 on the first of november | 900 EUR -28 expense
en-GB | EUR | vet 60 a fortnight ago | 60 EUR -14 expense
de-DE | EUR | heute vor einer Woche Kino 12,50 | 12.50 EUR -7 expense
en-GB | EUR | gym 30 3d ago | 30 EUR -3 expense
en-GB | EUR | gym 30 first day of this month | 30 EUR -28 expense
de-DE | EUR | Miete 900 Ende Oktober | 900 EUR -29 expense
en-GB | EUR | half of the 40 pizza | 20 EUR 0 expense
en-GB | INR | rent 1 lakh | 100000 INR 0 expense
en-GB | INR | flat 2 crore | 20000000 INR 0 expense
en-GB | EUR | car five point three three thousand euros | 5330 EUR 0 expense
en-GB | EUR | 3 tickets at 12.50 each | 37.50 EUR 0 expense
en-GB | EUR | 3 tickets at 12.50 | 37.50 EUR 0 expense
en-GB | EUR | 3 tickets 12.50 each | 37.50 EUR 0 expense
en-GB | EUR | 4 beers @ 5 | 20 EUR 0 expense
en-GB | EUR | dinner twenty-five fifty | 25.50 EUR 0 expense
en-GB | EUR | tshirt nineteen ninety nine | 19.99 EUR 0 expense
en-GB | EUR | coffee three fifty | 3.50 EUR 0 expense
en-GB | EUR | dinner twenty five fifty | 25.50 EUR 0 expense
en-GB | EUR | lunch nineteen ninety | 19.90 EUR 0 expense
en-GB | EUR | coffee four twenty | 4.20 EUR 0 expense
en-GB | EUR | bread 2 milk 1.5 eggs 3 | 2 EUR 0 expense; 1.50 EUR 0 expense; 3 EUR 0 expense
en-GB | EUR | lunch 12 at 12:30 | 12 EUR 0 expense
fr-FR | EUR | cinéma 12 à 20h30 | 12 EUR 0 expense
en-GB | EUR | lunch 12 on monday last week | 12 EUR -13 expense
en-GB | EUR | lunch 12 friday before last | 12 EUR -9 expense
en-GB | EUR | lunch 12 on tuesday last week | 12 EUR -12 expense
"""

TRANSACTIONS = """
en-GB | EUR | pizza eighteen fifty | 18.50 EUR 0 expense
en-US | USD | lunch twelve seventy five | 12.75 USD 0 expense
en-GB | GBP | book seven ninety nine | 7.99 GBP 0 expense
en-GB | GBP | taxi five quid fifty | 5.50 GBP 0 expense
en-US | USD | two dollars and fifty cents for gum | 2.50 USD 0 expense
en-GB | EUR | cinema thirteen point five euros | 13.50 EUR 0 expense
en-US | USD | shoes one twenty nine ninety five | 129.95 USD 0 expense
en-US | USD | hotel two hundred forty nine dollars | 249 USD 0 expense
en-GB | EUR | thirty-two sixty at the pharmacy | 32.60 EUR 0 expense
de-DE | EUR | Döner sieben Euro fünfzig | 7.50 EUR 0 expense
de-DE | EUR | Friseur zwölf Euro neunzig gestern | 12.90 EUR -1 expense
de-DE | EUR | Kino neun fünfzig | 9.50 EUR 0 expense
de-DE | EUR | Benzin drei Komma fünf Euro | 3.50 EUR 0 expense
fr-FR | EUR | café deux euros cinquante | 2.50 EUR 0 expense
fr-FR | EUR | resto vingt-deux euros quatre-vingts | 22.80 EUR 0 expense
fr-FR | EUR | livre douze virgule cinq euros | 12.50 EUR 0 expense
es-ES | EUR | pan un euro veinte | 1.20 EUR 0 expense
es-ES | EUR | cena veintidós con cincuenta | 22.50 EUR 0 expense
es-ES | EUR | taxi ocho euros con treinta | 8.30 EUR 0 expense
en-GB | INR | salary 1.5 lakh | 150000 INR 0 income
en-GB | INR | wedding 12 lakhs | 1200000 INR 0 expense
en-GB | INR | land 1.2 crores | 12000000 INR 0 expense
de-DE | EUR | Wohnung 0,35 Mio | 350000 EUR 0 expense
en-US | USD | condo $2.5M | 2500000 USD 0 expense
es-ES | EUR | piso 0,4 M€ | 400000 EUR 0 expense
en-GB | GBP | sweets 75p | 0.75 GBP 0 expense
en-US | USD | parking 25¢ | 0.25 USD 0 expense
fr-FR | EUR | chewing-gum 90 cts | 0.90 EUR 0 expense
es-ES | EUR | chicle 30 céntimos | 0.30 EUR 0 expense
de-DE | EUR | Brötchen 45 Cent | 0.45 EUR 0 expense
en-GB | EUR | 2 beers at 5.50 | 11 EUR 0 expense
en-US | USD | 5 burritos @ 9 each | 45 USD 0 expense
en-GB | GBP | six stamps at 1.10 each | 6.60 GBP 0 expense
de-DE | EUR | drei Bier à 4,20 | 12.60 EUR 0 expense
de-DE | EUR | 4 Brezeln je 1,20 | 4.80 EUR 0 expense
de-DE | EUR | 2 Kinokarten zu je 11 Euro | 22 EUR 0 expense
fr-FR | EUR | 3 cafés à 2,50 | 7.50 EUR 0 expense
fr-FR | EUR | deux places à 14 € chacune | 28 EUR 0 expense
es-ES | EUR | 3 cervezas a 2,50 | 7.50 EUR 0 expense
es-ES | EUR | dos entradas a 15 euros cada una | 30 EUR 0 expense
en-GB | EUR | half of 90 for dinner | 45 EUR 0 expense
en-GB | EUR | my half of the 70 taxi | 35 EUR 0 expense
de-DE | EUR | die Hälfte von 50 Euro Pizza | 25 EUR 0 expense
fr-FR | EUR | la moitié de 60 € de courses | 30 EUR 0 expense
es-ES | EUR | la mitad de 30 euros de taxi | 15 EUR 0 expense
en-GB | EUR | coffee 4 at 9am | 4 EUR 0 expense
en-US | USD | dinner 45 at 7:30pm | 45 USD 0 expense
de-DE | EUR | Kino 12 um 20:15 | 12 EUR 0 expense
de-DE | EUR | um 18 Uhr Essen 25 | 25 EUR 0 expense
fr-FR | EUR | déjeuner 15 à 12h30 | 15 EUR 0 expense
es-ES | EUR | cena 22 a las 21:30 | 22 EUR 0 expense
es-ES | EUR | comida 12 a las 2 | 12 EUR 0 expense
en-GB | EUR | coffee 3 cake 4.50 tea 2 | 3 EUR 0 expense; 4.50 EUR 0 expense; 2 EUR 0 expense
de-DE | EUR | Brot 3 Milch 1,20 Käse 4,50 | 3 EUR 0 expense; 1.20 EUR 0 expense; 4.50 EUR 0 expense
fr-FR | EUR | pain 2 lait 1,30 beurre 3 | 2 EUR 0 expense; 1.30 EUR 0 expense; 3 EUR 0 expense
es-ES | EUR | pan 1 leche 1,20 huevos 3 | 1 EUR 0 expense; 1.20 EUR 0 expense; 3 EUR 0 expense
en-GB | EUR | taxi 20 2d ago | 20 EUR -2 expense
en-GB | EUR | haircut 25 2w ago | 25 EUR -14 expense
en-GB | EUR | dentist 80 two weeks ago | 80 EUR -14 expense
en-GB | EUR | gym 30 two fortnights ago | 30 EUR -28 expense
en-GB | EUR | rent 900 on the last day of september | 900 EUR -60 expense
en-GB | EUR | insurance 50 end of october | 50 EUR -29 expense
en-GB | EUR | rent 850 first of october | 850 EUR -59 expense
en-US | USD | water bill 40 at the beginning of november | 40 USD -28 expense
en-GB | EUR | lunch 12 wednesday last week | 12 EUR -11 expense
en-GB | EUR | lunch 14 last week on thursday | 14 EUR -10 expense
en-GB | EUR | drinks 18 saturday before last | 18 EUR -8 expense
en-GB | EUR | taxi 9 a week ago yesterday | 9 EUR -8 expense
de-DE | EUR | Pizza 12 vor zwei Wochen | 12 EUR -14 expense
de-DE | EUR | Miete 800 am letzten Tag im Oktober | 800 EUR -29 expense
de-DE | EUR | Miete 800 Anfang November | 800 EUR -28 expense
de-DE | EUR | Taxi 15 letzte Woche Mittwoch | 15 EUR -11 expense
de-DE | EUR | Kino 11 am vorletzten Freitag | 11 EUR -9 expense
fr-FR | EUR | loyer 700 fin octobre | 700 EUR -29 expense
fr-FR | EUR | loyer 700 le dernier jour d'octobre | 700 EUR -29 expense
fr-FR | EUR | ciné 11 lundi de la semaine dernière | 11 EUR -13 expense
fr-FR | EUR | essence 50 il y a quinze jours | 50 EUR -15 expense
fr-FR | EUR | loyer 700 le premier novembre | 700 EUR -28 expense
es-ES | EUR | alquiler 700 a finales de octubre | 700 EUR -29 expense
es-ES | EUR | alquiler 700 el último día de octubre | 700 EUR -29 expense
es-ES | EUR | cine 9 el martes de la semana pasada | 9 EUR -12 expense
es-ES | EUR | taxi 10 hace quince días | 10 EUR -15 expense
en-US | USD | moved 200 from checking to rainy day | 200 USD 0 transfer
en-US | USD | paid 300 off visa from checking | 300 USD 0 transfer
en-GB | EUR | took out 50 from the cash machine | 50 EUR 0 transfer
en-US | USD | ATM withdrawal 80 | 80 USD 0 transfer
en-GB | EUR | got 60 cash from the ATM | 60 EUR 0 transfer
de-DE | EUR | 100 Euro am Geldautomaten abgehoben | 100 EUR 0 transfer
de-DE | EUR | 50 Euro Bargeld abgehoben | 50 EUR 0 transfer
fr-FR | EUR | retrait 40 € au distributeur hier | 40 EUR -1 transfer
es-ES | EUR | saqué 60 del cajero | 60 EUR 0 transfer
en-GB | EUR | virement de 100 du compte courant vers le livret | 100 EUR 0 transfer
de-DE | EUR | transferred 150 from checking to savings | 150 EUR 0 transfer
fr-FR | EUR | 200 Euro vom Girokonto auf das Sparkonto überwiesen | 200 EUR 0 transfer
en-GB | EUR | pasé 150 de la cuenta corriente a ahorros | 150 EUR 0 transfer
de-DE | EUR | 75 Euro von Girokonto nach Tagesgeld | 75 EUR 0 transfer
en-US | USD | coffee 4.50 on visa | 4.50 USD 0 expense
en-US | USD | bus 3 and lunch 12 with my visa | 3 USD 0 expense; 12 USD 0 expense
en-GB | GBP | rent £1,250.00 | 1250 GBP 0 expense
en-US | USD | lunch 12, coffee 4 and a muffin 3.25 | 12 USD 0 expense; 4 USD 0 expense; 3.25 USD 0 expense
en-GB | EUR | parking 4 for 2 hours | 4 EUR 0 expense
fr-FR | EUR | vendu mon vélo 120 € hier | 120 EUR -1 income
de-DE | EUR | Strom 64,20 am 15. | 64.20 EUR -14 expense
en-US | USD | 7 eleven 5.20 | 5.20 USD 0 expense
en-GB | EUR | h&m 39.90 saturday | 39.90 EUR -1 expense
en-GB | EUR | bagel four ninety five | 4.95 EUR 0 expense
en-GB | GBP | curry eleven quid ninety | 11.90 GBP 0 expense
en-GB | EUR | train thirty eight fifty on thursday | 38.50 EUR -3 expense
en-US | USD | gas forty two seventeen | 42.17 USD 0 expense
en-US | USD | six fifty for a latte | 6.50 USD 0 expense
en-US | USD | bought two shirts at 19.99 each | 39.98 USD 0 expense
en-US | USD | 4 tickets for 15 each | 60 USD 0 expense
en-GB | GBP | crisps 85p and coke 1.20 | 0.85 GBP 0 expense; 1.20 GBP 0 expense
en-GB | EUR | milk 1.20 bread 2.30 cheese 4.10 yesterday | 1.20 EUR -1 expense; 2.30 EUR -1 expense; 4.10 EUR -1 expense
en-GB | EUR | lunch at 1pm 14.50 | 14.50 EUR 0 expense
en-GB | EUR | barber 18 at half past three | 18 EUR 0 expense
en-GB | EUR | 22.40 taxi thursday last week | 22.40 EUR -10 expense
en-GB | EUR | book 14 5 days ago | 14 EUR -5 expense
en-GB | EUR | council tax 150 on the 1st of november | 150 EUR -28 expense
en-GB | EUR | phone 20 at the end of last month | 20 EUR -29 expense
en-GB | EUR | my half of 48 for the gift | 24 EUR 0 expense
en-GB | EUR | a third of 90 for petrol | 30 EUR 0 expense
en-US | USD | sent 250 from checking to savings yesterday | 250 USD -1 transfer
en-US | USD | put 40 cash into checking | 40 USD 0 transfer
en-US | USD | pulled 60 out of the ATM | 60 USD 0 transfer
en-GB | EUR | withdrew 80 yesterday | 80 EUR -1 transfer
de-DE | EUR | Kuchen vier Euro zwanzig | 4.20 EUR 0 expense
de-DE | EUR | Taxi dreizehn Euro und fünfzig Cent | 13.50 EUR 0 expense
de-DE | EUR | 3 Eis zu je 1,80 | 5.40 EUR 0 expense
de-DE | EUR | zwei Kaffee à 2,80 | 5.60 EUR 0 expense
de-DE | EUR | Apotheke 12,40 letzten Donnerstag | 12.40 EUR -3 expense
de-DE | EUR | Blumen 15 vor drei Tagen | 15 EUR -3 expense
de-DE | EUR | 200 vom Girokonto aufs Tagesgeld | 200 EUR 0 transfer
de-DE | EUR | 60 am Automaten geholt | 60 EUR 0 transfer
de-DE | EUR | Oper 45 um 19:30 | 45 EUR 0 expense
fr-FR | EUR | croissant un euro vingt | 1.20 EUR 0 expense
fr-FR | EUR | pharmacie treize euros et cinquante centimes | 13.50 EUR 0 expense
fr-FR | EUR | 4 baguettes à 1,10 | 4.40 EUR 0 expense
fr-FR | EUR | deux billets 8 € chacun | 16 EUR 0 expense
fr-FR | EUR | taxi 17 mardi de la semaine dernière | 17 EUR -12 expense
fr-FR | EUR | retiré 50 au distributeur | 50 EUR 0 transfer
fr-FR | EUR | 100 du compte courant au livret A | 100 EUR 0 transfer
fr-FR | EUR | médecin 25 le 3 novembre | 25 EUR -26 expense
es-ES | EUR | café uno cincuenta | 1.50 EUR 0 expense
es-ES | EUR | taxi siete euros con ochenta | 7.80 EUR 0 expense
es-ES | EUR | 2 cafés a 1,40 cada uno | 2.80 EUR 0 expense
es-ES | EUR | farmacia 12,30 el jueves pasado | 12.30 EUR -3 expense
es-ES | EUR | transferí 100 de la cuenta corriente a la cuenta de ahorros | 100 EUR 0 transfer
es-ES | EUR | retiré 40 del cajero ayer | 40 EUR -1 transfer
es-ES | EUR | luz 54 el 1 de noviembre | 54 EUR -28 expense
en-GB | INR | bike 80k | 80000 INR 0 expense
en-GB | INR | bonus two lakh | 200000 INR 0 income
en-US | USD | house down payment 0.25M | 250000 USD 0 expense
en-US | USD | got my paycheck 2100 on friday | 2100 USD -2 income
en-US | USD | refund of 18.20 from Target | 18.20 USD 0 refund
en-GB | EUR | I was at the cinema and paid 12 | 12 EUR 0 expense
en-GB | EUR | we had lunch for 30 | 30 EUR 0 expense
en-GB | EUR | lunch was 14.20 | 14.20 EUR 0 expense
en-GB | EUR | it cost me 12 to park | 12 EUR 0 expense
en-GB | EUR | gave my sister 20 | 20 EUR 0 expense
en-GB | EUR | so I bought a hat for 15 | 15 EUR 0 expense
en-GB | EUR | finally paid the plumber 90 | 90 EUR 0 expense
en-GB | EUR | the kids' shoes 60 | 60 EUR 0 expense
en-GB | EUR | Sam and I had pizza, 24 | 24 EUR 0 expense
en-GB | EUR | coffee to go 3.20 | 3.20 EUR 0 expense
en-GB | EUR | fill up at Shell 61.30 | 61.30 EUR 0 expense
en-GB | EUR | Will's birthday present 25 | 25 EUR 0 expense
en-GB | EUR | had to pay 35 for a parking ticket | 35 EUR 0 expense
en-GB | EUR | taxi home because it rained 14 | 14 EUR 0 expense
en-GB | EUR | new shoes that I needed 80 | 80 EUR 0 expense
en-GB | EUR | max & spencer 22 | 22 EUR 0 expense
en-GB | EUR | gluten free bread 4.20 | 4.20 EUR 0 expense
en-GB | EUR | I picked up 2 pizzas for 19 | 19 EUR 0 expense
en-US | USD | dropped 45 at the bar last night | 45 USD -1 expense
en-US | USD | tipped the driver 5 | 5 USD 0 expense
en-US | USD | Target run 62.18 | 62.18 USD 0 expense
en-US | USD | my electric bill came to 81.40 | 81.40 USD 0 expense
en-US | USD | got charged 9.99 by Netflix | 9.99 USD 0 expense
en-US | USD | Five Guys 18.75 | 18.75 USD 0 expense
en-US | USD | 1800 rent paid from Chase | 1800 USD 0 expense
de-DE | EUR | war beim Friseur, 25 Euro | 25 EUR 0 expense
de-DE | EUR | wir haben im Restaurant 58,40 bezahlt | 58.40 EUR 0 expense
de-DE | EUR | Essen war 14,20 | 14.20 EUR 0 expense
de-DE | EUR | hab 20 Euro für Blumen ausgegeben | 20 EUR 0 expense
de-DE | EUR | Kaffee to go 3,20 | 3.20 EUR 0 expense
de-DE | EUR | neue Hose die ich brauchte 49,90 | 49.90 EUR 0 expense
de-DE | EUR | Papa hat mir 50 Euro gegeben | 50 EUR 0 income
fr-FR | EUR | on a mangé au resto pour 45 € | 45 EUR 0 expense
fr-FR | EUR | le déjeuner était à 14,20 | 14.20 EUR 0 expense
fr-FR | EUR | j'ai dû payer 35 € d'amende | 35 EUR 0 expense
fr-FR | EUR | maman m'a donné 50 € | 50 EUR 0 income
fr-FR | EUR | café à emporter 3,20 | 3.20 EUR 0 expense
fr-FR | EUR | du pain et du lait 4,30 | 4.30 EUR 0 expense
es-ES | EUR | comimos en un restaurante por 45 € | 45 EUR 0 expense
es-ES | EUR | la comida fue 14,20 | 14.20 EUR 0 expense
es-ES | EUR | tuve que pagar 35 de multa | 35 EUR 0 expense
es-ES | EUR | mamá me dio 50 € | 50 EUR 0 income
es-ES | EUR | café para llevar 1,80 | 1.80 EUR 0 expense
es-ES | EUR | he gastado 20 en flores | 20 EUR 0 expense
"""

NO_TRANSACTIONS = """
en-GB | EUR | set groceries to 300 a month |
en-GB | EUR | no sorry, lunch was 14 not 12 |
en-GB | EUR | I was about to buy a lamp for 30 but didn't |
en-GB | EUR | the ticket would have cost 45 |
en-GB | EUR | nearly spent 200 on shoes |
en-GB | EUR | raise my food budget to 450 |
en-GB | EUR | make that 25 instead of 20 |
en-GB | EUR | actually it was 35 |
en-GB | EUR | move the taxi from yesterday to transport |
en-GB | EUR | mark the 40 at Tesco as groceries |
en-GB | EUR | categorise the 12.50 from Lidl as household |
en-GB | EUR | I want to save 200 a month |
en-GB | EUR | I plan to spend 500 on christmas |
en-GB | EUR | my rent will go up to 950 |
en-GB | EUR | iPhone costs 999 now |
en-GB | EUR | if I spend 300 more I am broke |
en-GB | EUR | dinner was free, normally 30 |
en-GB | EUR | Sam owes me 40 |
en-GB | EUR | I owe Sam 25 |
en-GB | EUR | I still have 60 left for groceries |
en-GB | EUR | find the 45 euro charge |
en-GB | EUR | search for 12.50 |
en-GB | EUR | split the 40 from yesterday between food and household |
en-GB | EUR | is 300 a lot for groceries |
en-GB | EUR | average of 30 per day |
en-GB | EUR | cancel the gym payment of 30 |
en-GB | EUR | the meeting is at 12:30 |
en-GB | EUR | call me at 0151 2345678 |
en-GB | EUR | my flight is AF1234 on monday |
en-GB | EUR | no more than 50 on eating out |
en-US | USD | don't let me spend over 100 on clothes |
en-US | USD | warn me at 200 |
en-US | USD | what if I save 100 more |
en-US | USD | wait, that should be 18 |
en-US | USD | hypothetically a 500 car repair |
de-DE | EUR | setz das Budget für Essen auf 300 |
de-DE | EUR | nein, das Taxi war 18 statt 16 |
de-DE | EUR | wollte 40 zahlen, war aber umsonst |
de-DE | EUR | fast 100 Euro für Schuhe ausgegeben |
de-DE | EUR | das Ticket hätte 45 gekostet |
de-DE | EUR | ich möchte 200 im Monat sparen |
de-DE | EUR | Anna schuldet mir 30 |
de-DE | EUR | lösch die 12 Euro von gestern |
de-DE | EUR | ich habe noch 50 Euro übrig |
de-DE | EUR | Lebensmittel auf 400 im Monat setzen |
fr-FR | EUR | mets les courses à 300 par mois |
fr-FR | EUR | non, le taxi c'était 18 pas 16 |
fr-FR | EUR | j'allais payer 40 mais c'était gratuit |
fr-FR | EUR | j'ai failli dépenser 100 en chaussures |
fr-FR | EUR | je veux économiser 200 par mois |
fr-FR | EUR | Paul me doit 30 |
fr-FR | EUR | supprime les 12 euros d'hier |
fr-FR | EUR | il me reste 50 euros |
fr-FR | EUR | le billet aurait coûté 45 |
es-ES | EUR | pon la comida en 300 al mes |
es-ES | EUR | no, el taxi fue 18 no 16 |
es-ES | EUR | iba a pagar 40 pero fue gratis |
es-ES | EUR | casi gasto 100 en zapatos |
es-ES | EUR | quiero ahorrar 200 al mes |
es-ES | EUR | Ana me debe 30 |
es-ES | EUR | borra los 12 euros de ayer |
es-ES | EUR | me quedan 50 euros |
es-ES | EUR | el billete habría costado 45 |
en-GB | EUR | that coat for 120 was too dear so I left it |
en-GB | EUR | change groceries limit to 450 |
en-GB | EUR | I thought about getting a 60 euro jumper |
en-GB | EUR | the plumber wants 90 |
en-GB | EUR | can we afford a 1200 holiday |
en-GB | EUR | I might get the 25 one |
en-GB | EUR | ignore the 15 from Tuesday |
en-GB | EUR | the taxi wasn't 20 it was 15 |
en-GB | EUR | lunch would be around 15 there |
en-GB | EUR | they tried to charge me 30 |
en-GB | EUR | Tom offered to pay the 40 |
en-GB | EUR | the shop has jeans for 49.99 |
en-GB | EUR | we agreed on 500 for the flat |
en-GB | EUR | please put 300 in the food budget |
en-GB | EUR | 16 was wrong, should be 18 |
en-GB | EUR | oops meant 45 |
en-GB | EUR | it's 5 euros to get in |
en-GB | EUR | got a quote of 800 for the boiler |
en-GB | EUR | budget for clothes 80 |
en-GB | EUR | I have to pay 60 next week |
en-GB | EUR | next month rent goes to 980 |
en-GB | EUR | what would 300 a month in savings do |
en-US | USD | let's cap dining at 200 |
en-US | USD | show me everything over 100 |
en-US | USD | my card limit is 5000 |
en-US | USD | rent is due on the 1st, 1200 |
en-US | USD | almost bought a tv for 500 |
en-US | USD | forget the 20 for parking |
en-US | USD | I've been charged twice for 9.99 |
en-US | USD | payment of 40 failed |
en-US | USD | my order for 35 got canceled |
en-US | USD | trying to spend less than 50 a week |
en-US | USD | mortgage rate is 6.5 |
en-US | USD | the 3 of us went out |
en-US | USD | reminder pay 40 to Sam |
de-DE | EUR | der Mantel für 120 war mir zu teuer |
de-DE | EUR | ich überlege 60 für einen Pulli auszugeben |
de-DE | EUR | Limit für Kleidung 80 |
de-DE | EUR | erhöhe das Essensbudget auf 450 |
de-DE | EUR | die 16 waren falsch, richtig sind 18 |
de-DE | EUR | der Klempner will 90 |
de-DE | EUR | nächsten Monat steigt die Miete auf 980 |
de-DE | EUR | beinahe 40 für Parken gezahlt |
de-DE | EUR | Tom hat mir 40 angeboten |
de-DE | EUR | die Zahlung über 40 ist fehlgeschlagen |
de-DE | EUR | Eintritt kostet 5 Euro |
de-DE | EUR | vergiss die 20 vom Parken |
fr-FR | EUR | le manteau à 120 était trop cher |
fr-FR | EUR | je pensais acheter un pull à 60 |
fr-FR | EUR | augmente le budget courses à 450 |
fr-FR | EUR | c'était 18 et pas 16 pour le taxi |
fr-FR | EUR | le plombier demande 90 |
fr-FR | EUR | oublie les 20 du parking |
fr-FR | EUR | le paiement de 40 a échoué |
fr-FR | EUR | l'entrée est à 5 euros |
fr-FR | EUR | on a failli prendre le menu à 30 |
es-ES | EUR | el abrigo de 120 era muy caro |
es-ES | EUR | estaba pensando en comprar un jersey de 60 |
es-ES | EUR | sube el presupuesto de comida a 450 |
es-ES | EUR | los 16 estaban mal, eran 18 |
es-ES | EUR | el fontanero pide 90 |
es-ES | EUR | olvida los 20 del parking |
es-ES | EUR | el pago de 40 falló |
es-ES | EUR | la entrada cuesta 5 euros |
es-ES | EUR | el mes que viene el alquiler sube a 980 |
en-GB | EUR | the flat we saw was 1200 a month |
en-GB | EUR | thinking 40 for a taxi is crazy |
en-GB | EUR | put clothing at 60 per month |
en-GB | EUR | that 18 taxi was really Sam's |
en-GB | EUR | nobody paid the 30 |
en-GB | EUR | I was charged 20 too much |
en-GB | EUR | we could stay in for 15 instead of going out |
en-GB | EUR | my brother lives at number 42 |
en-GB | EUR | mum's turning 60 |
en-GB | EUR | please transfer the 40 entry to household |
en-GB | EUR | everything under 20 is food |
en-GB | EUR | had 50 in my wallet this morning |
en-GB | EUR | call the dentist about the 80 bill |
en-GB | EUR | he said it would be 25 |
en-GB | EUR | wrong amount, 14 please |
en-GB | EUR | swap the 12 and the 15 |
en-GB | EUR | was it 12 or 15 |
en-GB | EUR | 40 sounds like a lot |
en-GB | EUR | new rule: anything from Lidl over 10 is groceries |
en-US | USD | can't believe gas hit 5 bucks |
en-US | USD | my goal is 1000 by june |
en-US | USD | if the car breaks I'd need 500 |
en-US | USD | I skipped the 8 dollar latte |
en-US | USD | subscription goes up by 2 dollars |
en-US | USD | the waiter forgot to charge us the 12 |
en-US | USD | we were quoted 300 |
en-US | USD | hold off on the 60 for shoes |
de-DE | EUR | die Wohnung kostet 1200 im Monat |
de-DE | EUR | Kleidung bitte auf 60 begrenzen |
de-DE | EUR | das waren nicht 18 sondern 16 |
de-DE | EUR | Mama wird 60 |
de-DE | EUR | ich hatte 50 im Geldbeutel |
de-DE | EUR | er meinte 25 |
de-DE | EUR | falscher Betrag, 14 bitte |
de-DE | EUR | wäre 40 zu viel für ein Taxi |
de-DE | EUR | Sparziel 1000 bis Juni |
de-DE | EUR | Paul zahlt mir nächste Woche 20 zurück |
de-DE | EUR | habe die 8 Euro für Kaffee gespart |
fr-FR | EUR | l'appart coûte 1200 par mois |
fr-FR | EUR | limite les vêtements à 60 |
fr-FR | EUR | maman a 60 ans |
fr-FR | EUR | j'avais 50 dans mon portefeuille |
fr-FR | EUR | il a dit 25 |
fr-FR | EUR | mauvais montant, c'est 14 |
fr-FR | EUR | Paul va me rendre 20 |
fr-FR | EUR | on devait payer 30 mais Paul a tout réglé |
fr-FR | EUR | objectif 1000 avant juin |
es-ES | EUR | el piso cuesta 1200 al mes |
es-ES | EUR | limita la ropa a 60 |
es-ES | EUR | mamá cumple 60 |
es-ES | EUR | tenía 50 en la cartera |
es-ES | EUR | dijo 25 |
es-ES | EUR | importe equivocado, son 14 |
es-ES | EUR | Pablo me va a devolver 20 |
es-ES | EUR | meta 1000 para junio |
es-ES | EUR | íbamos a pagar 30 pero invitó Pablo |
"""
