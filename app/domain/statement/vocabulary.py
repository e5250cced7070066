"""Words in bank files: names of columns, of debit and credit, of states and of balance rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from app.domain.statement.identity import normalise

#: Letters that have no accent to take away, but a plain letter that people type for them.
PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def fold(text: str) -> str:
    """Return the text in the form of these lists: lower case without accents and punctuation."""
    return normalise(text).translate(PLAIN_LETTERS)


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (fold(name) for name in text.split(",")))))


def _pattern(text: str) -> re.Pattern[str]:
    """A pattern for text that ``fold`` went through: its letters have no accents either."""
    split = unicodedata.normalize("NFKD", text)
    return re.compile("".join(c for c in split if not unicodedata.combining(c)).translate(PLAIN_LETTERS))


#: Names of columns by role, the best first.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "date": _names(
        """
        booked on, booking date, buchungstag, buchungsdatum, buchung, transaction date, date operation,
        date de l operation, date de comptabilisation, date comptable, fecha operacion, fecha de
        operacion, fecha contable, fecha, posting date, posted date, post date, date posted, posted, date,
        datum, trans date, tran date, txn date, transaction date utc, completed date, date completed, date finished,
        created on, started date, timestamp, time, data, data operazione, data contabile, data operacao,
        boekdatum, transactiedatum, bokforingsdag, bokforingsdatum, transaktionsdatum, bogforingsdato, dato,
        data operacji, data transakcji, data ksiegowania, kaufdatum, umsatzdatum, belegdatum, jour, dia, tag, day,
        datum transakce, datum zauctovani, tranzakcio datuma, konyveles datuma, tapahtumapaiva, kirjauspaiva,
        maksupaiva, kuupaev, datums, operacijos data, islem tarihi, tarih, tanggal, ngay giao dich, ημερομηνια,
        value date, date valeur, date de valeur, valuta, valutadatum, wertstellung, wertstellungstag, wert,
        fecha valor, f valor, data valuta, rentedatum, erteknap, التاريخ, дата, дата операции, дата платежа,
        交易时间, 交易日期, 交易日, 日期, 記帳日, 记账日期, 年月日, 日付, 取引日, 利用日, 거래일자, 거래일시, תאריך
        """
    ),
    "amount": _names(
        """
        amount, transaction amount, amount eur, amount usd, amount gbp, betrag, betrag eur, umsatz, umsatz
        in eur, montant, montant eur, montant de l operation, importe, importe eur, monto, cantidad,
        importo, valor, quantia, montante, bedrag, bedrag eur, belopp, belob, belop, kwota, net amount, net,
        castka, osszeg, tranzakcio osszege, summa, maara, suma, tutar, islem tutari, nominal, jumlah, so tien, ποσο,
        value, sum, amount local, billing amount, paid, total, المبلغ, сумма, сумма операции, сумма платежа,
        金额, 金額, 交易金额, 交易金額, 利用金額, 取引金額, 거래금액, סכום
        """
    ),
    "debit": _names(
        """
        debit, debit amount, debits, dr, soll, sollbetrag, belastung, ausgang, lastschrift, debit eur, montant
        debit, debit euros, cargo, cargos, debe, gasto, gastos, money out, paid out, withdrawal, salida, salidas,
        withdrawals, withdrawal amt, withdrawal amount, out, outflow, ausgaben, ausgabe, depense, depenses,
        addebiti, addebito, uscite, dare, af, uit, spent, payments out, amount out, charge, charges, saida, saidas,
        ut, ut fra konto, ud, uttag, uttak, utgift, udgift, debito, debet, wydatki, wydatek, obciazenia, obciazenie,
        vydaj, vydaje, terheles, kiadas, otto, gider, borc, cekilen, keluar, rut, χρεωση, расход, списание, дебет,
        مدين, سحب, 支出, 支出金额, 支出金額, 出金, 出金額, お引出し, お引き出し, 引出金額, お支払金額, 支払金額, 提款,
        借方, 출금, 출금액, 찾으신금액, חובה
        """
    ),
    "credit": _names(
        """
        credit, credit amount, credits, cr, haben, habenbetrag, gutschrift, eingang, credit eur, montant
        credit, credit euros, abono, abonos, haber, ingreso, ingresos, money in, paid in, deposit, entrada, entradas,
        deposits, deposit amt, deposit amount, in, inflow, einnahmen, einnahme, recette, recettes, accrediti,
        accredito, entrate, avere, bij, received, payments in, amount in,
        inn, inn pa konto, ind, insattning, innskudd, inntekt, inkomst, indtaegt, credito, kredit, wplywy, wplyw,
        uznania, uznanie, prijem, prijmy, jovairas, bevetel, pano, gelir, alacak, yatan, masuk, nop, πιστωση, приход,
        доход, поступление, зачисление, кредит, دائن, إيداع, 收入, 收入金额, 入金, 入金額, お預入れ, お預け入れ,
        預入金額, 存款, 存入, 收入金額, 贷方, 貸方, 입금, 입금액, 맡기신금액, זכות
        """
    ),
    "fee": _names(
        """
        fee, fees, transaction fee, commission, gebuhr, gebuehr, gebuhren, entgelt, frais, frais de transaction,
        comision, comisiones, commissione, commissioni, kosten, taxa, oplata, prowizja, avgift, gebyr, poplatek,
        komisyon, комиссия, 手续费, 手數料, 手数料, 服务费, 수수료
        """
    ),
    "payee": _names(
        """
        payee, merchant, merchant name, counterparty, counterparty name, counter party, beneficiary or
        remitter, beguenstigter zahlungspflichtiger, begunstigter zahlungspflichtiger, name
        zahlungsbeteiligter, zahlungsempfanger, zahlungsempfaenger, zahlungsempfanger in,
        empfanger zahlungspflichtiger, beneficiary originator,
        zahlungspflichtiger, auftraggeber empfanger, auftraggeber beguenstigter, auftraggeber
        begunstigter, auftraggeber zahlungsempfanger, empfanger, empfaenger, handler, partner name, partner neve,
        partner, tiers, beneficiaire, beneficiary, recipient, tegenrekeninghouder, naam tegenpartij, naam tegenrekening,
        nazwa kontrahenta, kontrahent, nazev protiuctu, saaja maksaja, saaja, gavejas, mottaker, modtager,
        marchand, commerce, beneficiario, comercio, naam omschrijving, tegenpartij, mottagare, name, nom,
        nombre, description, transaction description, beschreibung, buchungstext, libelle, libelle
        simplifie, libelle operation, libelle de l operation, designation, concepto, descripcion, historico,
        descrizione, causale, descricao, lancamento, omschrijving, beskrivning, beskrivelse, meddelande, tekst, opis,
        aciklama, keterangan, dien giai, popis, selite, selgitus, apraksts, details, detail, περιγραφη,
        transaction details, narrative, transaction, operation, operacion, text, who, title, particulars,
        verwendungszweck, narration, الوصف, описание, контрагент, получатель, label, supplier, supplierfound, vendor,
        store, shop, umsatz, verkaufsort, 交易对方, 對方, 对方户名, 商户名称, 交易说明, 摘要, お取り扱い内容,
        お取扱内容, 内容, 利用店名, ご利用先, 적요, 거래내용, תיאור
        """
    ),
    "payer": _names(
        "payer, sender, auftraggeber, from, donneur d ordre, ordenante, ordinante, opdrachtgever, avsender"
    ),
    "memo": _names(
        """
        memo, note, notes, verwendungszweck, vorgang verwendungszweck, zweck, vwz, reference text, remarks, remark,
        comment, comments, kommentar, commentaire, observaciones, observacion, informations complementaires,
        libelle complementaire, motif, notiz, nota, notas, mededelingen, mededeling, payment reference,
        additional information, zahlungsgrund, details de l operation, mas datos, concepto ampliado, kozlemeny,
        message, description, buchungstext, details, payment details, memo description, purpose, omschrijving, opis,
        tytul, zprava pro prijemce, viesti, reference, 商品, 备注, 備註, 備考, メモ
        """
    ),
    "currency": _names(
        """
        currency, wahrung, waehrung, devise, monnaie, moneda, divisa, valuta, valutakod, munt, valuta code, ccy,
        currency code, kontowahrung, waluta, moeda, mena, penznem, devizanem, para birimi, валюта, валюта операции,
        валюта платежа, العملة, 币种, 幣別, 通貨, 통화, מטבע
        """
    ),
    "balance": _names(
        """
        balance, running balance, bal, saldo, saldo nach buchung, saldo eur, kontostand, solde, solde eur,
        saldo disponible, available balance, closing balance, ledger balance, balance after, saldo na
        mutatie, saldo dopo, stand, nieuw saldo, saldo po operacji, saldo po transakcji, zustatek, egyenleg, bakiye,
        so du, υπολοιπο, الرصيد, остаток, 余额, 餘額, 残高, 差引残高, 잔액, יתרה
        """
    ),
    "category": _names(
        """
        category, kategorie, categorie, categoria, category name, rubrique, sub category, spending
        category, hauptkategorie, bucket, categorie operation, kategori, kategoria, категория, 交易分类, 分类
        """
    ),
    "external_id": _names(
        """
        id, transaction id, external id, fitid, uuid, reference number, bank reference, transaktions id,
        transaktionsnummer, buchungsreferenz, referenznummer, numero operation, numero d operation,
        reference, ref, referencia, referenz, numero de movimiento, transaction number, tx id, record id,
        volgnr, end to end id, source id, 交易单号
        """
    ),
    "account": _names(
        """
        account, konto, compte, cuenta, account name, account number, account no, kontonummer, rekening,
        rekeningnummer, auftragskonto, numero de compte, bezeichnung auftragskonto, conto, own account,
        iban auftragskonto, kreditkarten nr, kartennummer, card number
        """
    ),
    "direction": _names(
        """
        soll haben, s h, soll haben kennzeichen, af bij, debit credit, credit debit, credit debet, d c, d k, dr cr,
        cr dr, credit debit indicator, debit credit indicator, debit credit code, direction, sens, indicator,
        billing amount sign, amount sign, drcr, crdr, debet credit, debet kredit, debe haber, d h, dare avere,
        bevetel kiadas, kiadas bevetel, umsatzart, transaction type, type, typ, sign, 收 支, 收支, 借贷, 借貸, 方向
        """
    ),
    "state": _names(
        """
        state, status, transaction status, statut, estado, zustand, buchungsstatus, stato, stav, stan, situacao,
        tila, durum, состояние, статус, 当前状态, 交易状态, 狀態, 状態, 상태
        """
    ),
}

#: Values of a column that says in or out, each pair as (out, in). A pair counts where all its values are of one pair.
SIDES = tuple(
    (frozenset(_names(out)), frozenset(_names(into)))
    for out, into in (
        ("debit, d, dr, db, dbit, debits, charge, purchase, withdrawal, out, outgoing, expense, sent, money out, "
         "paid out",
         "credit, c, cr, crdt, credits, deposit, in, incoming, income, received, money in, paid in, refund"),
        ("debet, debit, d", "kredit, k, credit"),
        ("soll, s, belastung, lastschrift, ausgang, ausgabe, abgang, auszahlung",
         "haben, h, gutschrift, eingang, einnahme, zugang, einzahlung"),
        ("af, uit, a", "bij, in, b"),
        ("debe, d, cargo, gasto, salida, egreso, retiro", "haber, h, abono, ingreso, entrada, deposito"),
        ("debito, d, saida, despesa", "credito, c, entrada, receita"),
        ("addebito, dare, d, uscita, uscite", "accredito, avere, a, entrata, entrate"),
        ("debit, d, depense, sortie, retrait", "credit, c, recette, entree, versement"),
        ("wn, obciazenie, wydatek, wychodzacy", "ma, uznanie, wplyw, przychodzacy"),
        ("md, vydaj, odchozi", "d, dal, prijem, prichozi"),
        ("kiadas, terheles, t", "bevetel, jovairas, j"),
        ("ut, uttak, uttag, utgift, belastning", "inn, innskudd, insattning, inntekt, inkomst"),
        ("ud, udgift, haevning", "ind, indtaegt, indsaettelse"),
        ("otto, kulu", "pano, tulu"),
        ("gider, borc, b, cikis", "gelir, alacak, a, giris"),
        ("isplata, duguje", "uplata, potrazuje"),
        ("расход, списание, дебет, д", "приход, доход, поступление, зачисление, кредит, к"),
        ("χρεωση, χ", "πιστωση, π"),
        ("مدين, سحب", "دائن, إيداع, ايداع"),
        ("חובה", "זכות"),
        ("支出, 借, 借方, 出金, 支払, 出, 提出, 转出", "收入, 贷, 贷方, 貸, 貸方, 入金, 入, 存入, 转入, 預入"),
        ("출금, 지출", "입금, 수입"),
        ("keluar, db", "masuk, cr"),
        ("chi, rut", "thu, nop"),
    )
)  # fmt: skip

DONE = frozenset(
    _names(
        """
        completed, complete, done, booked, posted, settled, success, successful, paid, executed, ok, cleared, confirmed,
        gebucht, umsatz gebucht, abgeschlossen, ausgefuhrt, comptabilise, execute, executee, effectue, completado,
        realizado, contabilizado, liquidado, eseguito, contabilizzato, geboekt, verwerkt, uitgevoerd, udfort, bogfort,
        bokford, bokfort, genomford, utfort, zaksiegowano, zrealizowana, zauctovano, provedeno, konyvelt, teljesult,
        tapahtunut, tamamlandi, gerceklesti, исполнено, исполнен, выполнено, выполнен, проведено,
        支付成功, 交易成功, 已收钱, 已转账, 已到账, 朋友已收钱, 对方已收钱, 已存入零钱,
        提现已到账, 充值完成, 成功, 完了, 確定, 완료
        """
    )
)
#: States of what was never paid, and of what is not paid yet.
UNPAID = frozenset(
    _names(
        """
        reverted, reversed, declined, failed, cancelled, canceled, denied, rejected, refused, expired, voided, void,
        failure, error, returned, annule, annulee, refuse, refusee, rejete, echoue, abgelehnt, storniert,
        fehlgeschlagen,
        abgebrochen, ruckgangig gemacht, rechazado, rechazada, cancelado, cancelada, anulado, anulada, fallido,
        annullato, annullata, rifiutato, rifiutata, respinto, estornado, estornada, recusado, geweigerd, afgewezen,
        geannuleerd, mislukt, afvist, annulleret, slettet, avvist, avbruten, nekad, odrzucona, odrzucono, anulowana,
        anulowano, zamitnuto, zruseno, elutasitva, sztornozva, hylatty, peruttu, reddedildi, iptal, iptal edildi,
        отклонено, отклонен, отказ, отменено, отменен, ошибка, 支付失败, 交易关闭, 已关闭, 已撤销,
        失败, 失敗, 取消, 已退还,
        취소, 실패
        """
    )
)
PENDING = frozenset(
    _names(
        """
        pending, processing, authorized, authorised, authorization, authorisation, in progress, on hold, hold, awaiting,
        waiting, scheduled, planned, forecast, upcoming, estimated, unposted, not posted, unbooked, open, reserved,
        reservation, en attente, en cours, a venir, prevu, prevue, vorgemerkt, umsatz vorgemerkt, vormerkung, offen,
        ausstehend, geplant, prognose, reserviert, in bearbeitung, pendiente, pendiente de abono, retenido, retenida,
        previsto, prevista, programado, programada, pendente, agendado, agendada, in sospeso, in attesa,
        da contabilizzare, non contabilizzato, in behandeling, gereserveerd, gepland, verwacht, venter, afventer,
        reserveret, reservert, reserverad, vantar, vantande, kommande, oczekujaca, oczekujace, w realizacji, blokada,
        zaplanowana, cekajici, cekajici na zauctovani, blokace, fuggoben, zarolt, odottaa, varaus, varattu, beklemede,
        provizyon, в обработке, ожидает, ожидается, в ожидании, hold amount, 处理中, 待支付, 处理, 未確定, 予定, 保留中,
        대기, 승인대기
        """
    )
)
STATES = DONE | UNPAID | PENDING

#: Rows below a table, such as sums; the first words of a row without a date.
TOTALS = re.compile(
    r"(?:sub ?total|grand total|totals?|total general|"
    r"summen?|gesamt\w*|zwischensumme|somme|suma|totale|totaal|"
    r"(?:opening|closing|starting|ending|beginning|final|initial|available|current|new|old|previous|account)?"
    r" ?balance|"
    r"(?:anfangs|end|neuer|alter|schluss)? ?saldo|kontostand|"
    r"(?:ancien|nouveau)? ?solde(?: (?:final|initial|debiteur|crediteur))?|"
    r"saldo (?:inicial|final|anterior)|end of (?:file|report|statement)|eof)\b.*"
)
#: Rows that have a date and an amount and are no transaction: balances and turnovers. “New Balance” sells shoes.
BALANCE_ROW = _pattern(
    r"(?:"
    r"(?:opening|closing|starting|ending|beginning|final|initial|previous|statement|ledger|account|running)"
    r" (?:ledger )?balance"
    r"|balance (?:brought|carried)? ?forward|(?:brought|carried) forward|balance (?:b f|c f|b d|c d)"
    r"|turnovers?|total (?:turnover|debits?|credits?|withdrawals?|deposits?|payments?)|(?:debit|credit) turnover"
    r"|(?:anfangs|end|schluss|start|zwischen|abschluss) ?(?:saldo|bestand)"
    r"|(?:alter|neuer|alte|neue) (?:saldo|kontostand)"
    r"|kontostand|saldovortrag|ubertrag|uebertrag|umsatze gesamt|summe (?:soll|haben)"
    r"|(?:ancien|nouveau) solde(?: (?:crediteur|debiteur))?|solde (?:initial|final|precedent|crediteur|debiteur)"
    r"|total des (?:operations|mouvements|debits?|credits?)"
    r"|saldo (?:inicial|final|anterior|do dia|del dia|iniziale|finale|precedente|contabile|poczatkowe|koncowe)"
    r"|(?:begin|eind|start|slut|ingaende|utgaende|inngaende|primo|ultimo) ?saldo"
    r"|(?:oud|nieuw|vorig) saldo|(?:pocatecni|konecny|konecni) (?:zustatek|stav)|(?:nyito|zaro) ?egyenleg"
    r"|(?:alku|loppu)saldo|(?:alg|lopp)saldo|kaive|kaibed|apyvarta|apgrozijums|likutis (?:pradzioje|pabaigoje)"
    r"|(?:pradinis|galutinis) likutis|(?:sakuma|beigu) atlikums|obroty|promet"
    r"|(?:входящий|исходящий|начальный|конечный) остаток|остаток (?:на начало|на конец).*|обороты?"
    r"|devir|onceki bakiye|الرصيد (?:الافتتاحي|الختامي)"
    r"|期初余额|期末余额|上期余额|本期余额|承前|承前餘額|繰越|前月繰越|次月繰越|期首残高|期末残高|전월이월"
    r")(?: (?:eur|usd|gbp|chf|on|am|au|al|per|as of|vom|du|del|til|op|na|at))?[ 0-9]*"
)
SIGNS = {"+": 1, "-": -1, "−": -1, "–": -1}
FOREIGN = frozenset(
    _names(
        "original, origine, foreign, exchange, fremdwahrung, fremdbetrag, ursprung, ursprungsbetrag, extranjera, "
        "kurs, rate"
    )
)
MAX_NAME = 120  # characters; longer is no name of a column
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
BRACKETED = re.compile(r"[(\[（][^)\]）]{0,40}[)\]）]")


def _is_dense(text: str) -> bool:
    """Whether a name is in a script that writes no spaces between words."""
    return any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in unicodedata.normalize("NFC", text))


@cache
def roles_of(name: str) -> dict[str, int]:
    """Return the roles of a header with scores. Exact names score higher than contained words."""
    if len(name) > MAX_NAME:
        return {}
    plain = fold(CAMEL.sub(" ", name))
    bare = fold(CAMEL.sub(" ", BRACKETED.sub(" ", name)))
    if not plain:
        return {}
    found: dict[str, int] = {}
    for role, names in SYNONYMS.items():
        for rank, synonym in enumerate(names):
            if synonym in (plain, bare):
                found[role] = max(found.get(role, 0), 200 - min(rank, 45) - (synonym != plain))
            elif (len(synonym) > 3 and f" {synonym} " in f" {plain} ") or (
                len(synonym) > 1 and synonym in plain and _is_dense(synonym)
            ):
                found[role] = max(found.get(role, 0), 90 - min(rank // 2, 30))
    return found


def sides_of(values: Iterable[str]) -> dict[str, int]:
    """Return -1 (out) or +1 (in) for each value of a column if all belong to one pair, else None.

    Blank cells beside words of one side are the other side: cards mark only their credits.
    """
    written = {value.strip() for value in values}
    words = {value: fold(value) for value in written if value}
    if words and all(value in SIGNS for value in words):
        return {value: SIGNS[value] for value in words} | ({"": -min(SIGNS[v] for v in words)} if "" in written else {})
    for out, into in SIDES:
        found = {value: -1 if word in out else 1 for value, word in words.items() if word in out or word in into}
        if words and len(found) == len(words):
            only = set(found.values())
            if "" not in written:
                return found
            return found | {"": -only.pop()} if len(only) == 1 else {}
    return {}


def is_balance_row(text: str) -> bool:
    """Return whether a row is a balance or turnover and no transaction."""
    return len(text) < 80 and bool(BALANCE_ROW.fullmatch(fold(text)))
