"""The same lines with Python's csv and with ofxtools, to compare with throughput.rs.

    python3 shared/statement/examples/baseline.py csv 1000000
    python3 shared/statement/examples/baseline.py ofx 100000      # needs ofxtools and tzdata

ofxtools makes the whole statement before it writes the first byte, so its memory grows with the lines.
"""

import csv
import datetime
import decimal
import io
import resource
import sys
import time
import zoneinfo

ZONE = zoneinfo.ZoneInfo("America/Sao_Paulo")
UTC = datetime.timezone.utc
FROM = datetime.datetime(2026, 11, 1, 3, tzinfo=UTC)
UNTIL = datetime.datetime(2026, 12, 1, 3, tzinfo=UTC)
OPENING_CENTS = 1_000_000
BUFFER_BYTES = 8 * 1024 * 1024
KINDS = ("Pix recebido", "Tarifa de cobrança", "Pagamento enviado", "Tarifa de pagamento")


def lines(count):
    """Charges and their fees, payouts and their fees, in turn, as examples/books has them."""
    balance, step = OPENING_CENTS, (UNTIL - FROM) / count
    for index in range(count):
        amount = (1000 + index * 7919 % 100000, -99, -500 - index * 104729 % 400, -100)[index % 4]
        balance += amount
        movement, fee = divmod(index, 2)
        yield {
            "id": f"ent_{index:026}",
            "at": FROM + step * index,
            "kind": KINDS[index % 4],
            "amount": amount,
            "balance": balance,
            "transaction": f"{'chg' if index % 4 < 2 else 'pay'}_{movement:026}",
            "reference": "" if fee else f"pedido-{movement}",
            "description": "" if fee else "Mensalidade de novembro, 2ª parcela",
            "end_to_end": "" if fee else f"E12345678202611011200{movement:011}",
        }


def money(cents, mark):
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}{mark}{part:02}"


def write_csv(count):
    buffer, written = io.StringIO(newline=""), 0
    writer = csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL)
    for line in lines(count):
        local = line["at"].astimezone(ZONE)
        writer.writerow(
            (
                local.strftime("%d/%m/%Y"),
                local.strftime("%H:%M:%S"),
                line["kind"],
                line["description"],
                line["reference"],
                line["transaction"],
                line["end_to_end"],
                money(line["amount"], ","),
                money(line["balance"], ","),
                line["id"],
            )
        )
        if buffer.tell() > BUFFER_BYTES:
            written += len(buffer.getvalue().encode())
            buffer.seek(0)
            buffer.truncate()
    return written + len(buffer.getvalue().encode())


def write_ofx(count):
    from xml.etree import ElementTree

    from ofxtools import models

    def cents(amount):
        return decimal.Decimal(amount).scaleb(-2)

    def transaction(line):
        memo = " | ".join(filter(None, (line["description"], line["transaction"], line["reference"])))
        return models.STMTTRN(
            trntype="CREDIT" if line["amount"] > 0 else "DEBIT",
            dtposted=line["at"].astimezone(ZONE).replace(hour=12, minute=0, second=0, microsecond=0),
            dtuser=line["at"],
            trnamt=cents(line["amount"]),
            fitid=line["id"],
            refnum=line["end_to_end"] or line["transaction"],
            name=line["kind"],
            memo=memo,
        )

    balance, transactions = OPENING_CENTS, []
    for line in lines(count):
        balance = line["balance"]
        transactions.append(transaction(line))
    status = models.STATUS(code=0, severity="INFO")
    account = models.BANKACCTFROM(bankid="12345678", acctid="ZQ4T5M8V3W7X2Y6K1N0PRS", accttype="CHECKING")
    statement = models.STMTRS(
        curdef="BRL",
        bankacctfrom=account,
        banktranlist=models.BANKTRANLIST(*transactions, dtstart=FROM, dtend=UNTIL),
        ledgerbal=models.LEDGERBAL(balamt=cents(balance), dtasof=UNTIL),
    )
    document = models.OFX(
        signonmsgsrsv1=models.SIGNONMSGSRSV1(sonrs=models.SONRS(status=status, dtserver=UNTIL, language="POR")),
        bankmsgsrsv1=models.BANKMSGSRSV1(models.STMTTRNRS(trnuid="0", status=status, stmtrs=statement)),
    )
    return len(ElementTree.tostring(document.to_etree()))


def main():
    format_, count = sys.argv[1], int(sys.argv[2])
    began = time.monotonic()
    written = {"csv": write_csv, "ofx": write_ofx}[format_](count)
    took = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{format_}: {count} lines, {written} bytes, {count / took:.0f} lines/s, peak {peak} KiB")


if __name__ == "__main__":
    main()
