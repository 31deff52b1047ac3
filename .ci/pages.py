"""Opens the pages for payers and beneficiaries in Chromium, as people do: `make pages`.

Each page is looked at with 360 and 1280 pixels, and in the dark. It fails if axe-core finds a violation, if the
console has an error, if a page loads anything, scrolls to the side or has the wrong language, if a click or the
Tab key does not select the text to copy, or if ZXing does not read the QR code.
`PICTURES=folder make pages` keeps pictures of all pages.
"""

import datetime
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

import cache
from bundle import CHARGE, ROOT, Bundle, request
from contract import ADDRESS, COLLECTION

MINUTE, DAY = 60, 24 * 60 * 60
# Amounts that the sandbox holds for review, and then approves or rejects.
APPROVED_CENTS, REJECTED_CENTS = 1_002, 1_003
MARKUP = "\"><img src=x onerror=alert(1)></script> 'אב' {{7*7}}"
LONG_NAME = "Comercio" * 25
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The pages take seconds; this ends a browser that hangs.
SECONDS_MAX = 180
# A guard: the sandbox answers within a second.
ANSWER_SECONDS_MAX = 60

numbers = itertools.count()


def main():
    venv = cache.virtual_environment("slips-venv", ROOT / ".ci/requirements-slips.txt")
    if pathlib.Path(sys.prefix) != venv:
        # The reader of QR codes is in the virtual environment, so this program runs itself there.
        raise SystemExit(subprocess.run([venv / "bin/python", __file__], stdin=subprocess.DEVNULL).returncode)
    began = time.monotonic()
    node = cache.node_modules("pages-node", ROOT / ".ci/pages")
    chromium = browser()
    with tempfile.TemporaryDirectory(prefix="trilho-pages-") as directory:
        kept = os.environ.get("PICTURES")
        folder = pathlib.Path(kept or pathlib.Path(directory, "pictures")).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        with Bundle(pathlib.Path(directory, "data")) as bundle:
            pages = scenes(bundle)
            pages += card_scenes(bundle)
            pages += link_scenes(bundle)
            job = pathlib.Path(directory, "job.json")
            scene = {"pages": pages, "payments": payments(bundle), "links": links(bundle)}
            job.write_text(json.dumps({"folder": str(folder), "keeps_pictures": bool(kept)} | scene))
            found = looked(chromium, node, job)
        check_codes(found["codes"])
    assert not found["problems"], "\n".join(["", *found["problems"]])
    print(f"pages: ok, {len(pages)} pages, {time.monotonic() - began:.0f} s")


def browser():
    """Returns the path of Chromium, from Debian's packages if there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        cache.apt_get("chromium", "fonts-dejavu-core")
        found = shutil.which("chromium")
    return found


def scenes(bundle):
    """Creates charges in each state, and returns their pages."""
    now = datetime.datetime.fromisoformat(bundle.now())
    today = now.astimezone(datetime.timezone(datetime.timedelta(hours=-3))).date()
    later = {"expires_at": (now + datetime.timedelta(days=90)).isoformat()}
    plain = {"amount_cents": 4_990, "description": "Pedido 1042: camiseta azul, tamanho M"}
    terms = {
        "amount_cents": 123_456,
        "description": "Mensalidade de dezembro, turma da manhã",
        "fine": {"basis_points": 200},
        "interest": {"basis_points_per_month": 100},
        "rebate": {"amount_cents": 1_000},
    }
    due_later = today + datetime.timedelta(days=30)
    discounts = [
        {"until": str(today + datetime.timedelta(days=20)), "reduction": {"basis_points": 500}},
        {"until": str(due_later), "reduction": {"amount_cents": 500}},
    ]
    charges = {
        "open": made(bundle, plain | later),
        "due": made(bundle, terms | {"due_date": str(due_later), "discounts": discounts}),
        "overdue": made(bundle, terms | {"due_date": str(today), "payable_days_after_due": 60}),
        "long": made(bundle, later | {"description": "x" * 140, "payer": CHARGE["payer"] | {"name": LONG_NAME}}),
        "markup": made(bundle, later | {"description": MARKUP, "payer": CHARGE["payer"] | {"name": MARKUP}}),
        "without-payer": made(bundle, later | {"payer": None}),
        "expired": made(bundle, plain),
        "cancelled": made(bundle, plain),
        "paid": made(bundle, plain),
        "partly-returned": made(bundle, plain),
        "returned": made(bundle, plain),
        "rejected": made(bundle, plain | {"amount_cents": REJECTED_CENTS}),
    }
    call(bundle, f"/v1/charges/{charges['cancelled']['id']}/cancel")
    for name in ("paid", "partly-returned", "returned", "rejected"):
        call(bundle, f"/v1/sandbox/charges/{charges[name]['id']}/pay")
    call(bundle, f"/v1/charges/{charges['partly-returned']['id']}/refunds", {"amount_cents": 1_500})
    call(bundle, f"/v1/charges/{charges['returned']['id']}/refunds")
    bundle.now(10 * MINUTE)
    bundle.now(10 * DAY)
    charges["in-review"] = made(bundle, plain | {"amount_cents": APPROVED_CENTS})
    call(bundle, f"/v1/sandbox/charges/{charges['in-review']['id']}/pay")
    pages = [page for name, charge in charges.items() for page in pages_of(name, charge)]
    pages += [page(f"not-found-{tag}", f"{bundle.base_url}/pay/x?lang={tag}", tag, 404) for tag in ("pt", "en")]
    pages.append(page("receipt", charges["paid"]["payment_url"] + "/receipt", "pt"))
    check_picture(charges["open"])
    return pages


def card_scenes(bundle):
    """Returns the pages and forms of payments by card, and the page of a boleto."""
    card = card_charge(bundle, 55_930)
    asked, declined = card_charge(bundle, 8_990), card_charge(bundle, 8_990)
    token = call(bundle, "/v1/sandbox/card-tokens", {"card": "approved"})["token"]
    confirmation = f"/card?card_token={token}"
    for charge, scenario in ((asked, "authentication"), (declined, "insufficient_funds")):
        pay_by_card(bundle, charge, scenario)
    due_date = datetime.date.fromisoformat(bundle.now()[:10]) + datetime.timedelta(days=9)
    payer = CHARGE["payer"] | {"address": ADDRESS}
    boleto = made(bundle, {"method": "boleto", "amount_cents": 25_000, "payer": payer, "due_date": str(due_date)})
    answered(bundle, boleto, lambda found: found["status"] == "pending")
    answered(bundle, asked, lambda found: found["card"]["authentication_url"])
    answered(bundle, declined, lambda found: found["failure"])
    addresses = {
        "card": card["payment_url"],
        "card-form": card["payment_url"] + "/sandbox-card",
        "card-confirmation": card["payment_url"] + confirmation,
        "card-asked": asked["payment_url"],
        "card-issuer": asked["payment_url"] + "/sandbox-issuer",
        "card-declined-once": declined["payment_url"],
        "boleto": boleto["payment_url"],
    }
    languages = itertools.product(addresses.items(), ("pt", "en"))
    return [
        page(f"{name}-{tag}", f"{url}{'&' if '?' in url else '?'}lang={tag}", tag) for (name, url), tag in languages
    ]


def payments(bundle):
    """Returns what a payer does in the browser, and what the page says in the end."""
    cards = {
        "approved": "Pagamento recebido",
        "authentication": "Pagamento recebido",
        "stolen": "O banco recusou o último cartão",
    }
    return [
        {
            "name": f"a payment with the card {card}",
            "url": card_charge(bundle, 30_000)["payment_url"] + "?lang=pt",
            "card": card,
            "installments": 3,
            "title": title,
        }
        for card, title in cards.items()
    ]


def link_scenes(bundle):
    """Returns the pages of Data Collect links: before a code, with a code, after the end, and of no link."""
    text = {"message": MARKUP, "amount_cents": 123_456}
    made_links = {name: made_link(bundle, text) for name in ("start", "code", "ended")}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    status, _, answer = request(made_links["code"]["url"] + "/code", "POST", headers, b"lang=pt")
    assert status == 200, (status, answer)
    call(bundle, f"/v1/collections/{made_links['ended']['id']}/cancel")
    urls = {f"link-{name}": (link["url"], 200) for name, link in made_links.items()}
    urls["link-not-found"] = (f"{bundle.base_url}/collect/x", 404)
    return [
        page(f"{name}-{tag}", f"{url}?lang={tag}", tag, status)
        for (name, (url, status)), tag in itertools.product(urls.items(), ("pt", "en"))
    ]


def links(bundle):
    """Returns what a beneficiary does in the browser, and what the page says in the end."""
    return [
        {
            "name": "a Data Collect link",
            "url": made_link(bundle, {"message": "Reembolso"})["url"],
            "key": "maria@example.com",
            "wrong": ("maria", "Isto não é uma chave Pix"),
            "title": "Estamos conferindo sua chave",
        }
    ]


def made_link(bundle, fields):
    return call(bundle, "/v1/collections", COLLECTION | fields)


def card_charge(bundle, amount_cents):
    card = {"installments_max": 6, "soft_descriptor": "LOJA AZUL"}
    fields = {"method": "card", "amount_cents": amount_cents, "card": card, "description": "Tênis de corrida, 42"}
    return made(bundle, fields)


def pay_by_card(bundle, charge, scenario):
    token = call(bundle, "/v1/sandbox/card-tokens", {"card": scenario})["token"]
    form = urllib.parse.urlencode({"card_token": token})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    status, _, answer = request(charge["payment_url"] + "/card", "POST", headers, form.encode())
    assert status == 200, (status, answer)


def answered(bundle, charge, is_there):
    """Waits until the network answered about a charge."""
    until = time.monotonic() + ANSWER_SECONDS_MAX
    while not is_there(bundle.call("GET", f"/v1/charges/{charge['id']}")[1]):
        assert time.monotonic() < until, f"no answer within {ANSWER_SECONDS_MAX} s"
        bundle.now(1)
        time.sleep(0.1)


def pages_of(name, charge):
    """Returns the page of a charge in both languages, with the text to copy if it is open."""
    is_open = charge["status"] == "pending" and name not in ("expired", "cancelled", "in-review")
    is_open = is_open and name not in ("paid", "partly-returned", "returned", "rejected")
    code = {"br_code": charge["pix"]["br_code"]} if is_open else {}
    return [page(f"{name}-{tag}", f"{charge['payment_url']}?lang={tag}", tag) | code for tag in ("pt", "en")]


def page(name, url, tag, status=200):
    return {"name": name, "url": url, "language": "pt-BR" if tag == "pt" else tag, "status": status}


def made(bundle, fields):
    body = {name: value for name, value in (CHARGE | fields).items() if value is not None}
    return call(bundle, "/v1/charges", body)


def call(bundle, path, body=None):
    headers = bundle.key | {"Idempotency-Key": f"pages-{next(numbers)}"}
    status, answer = bundle.call("POST", path, body or {}, headers)
    assert status in (200, 201), answer
    return answer


def check_picture(charge):
    """Checks that the URL of the QR code needs no credential, as in an `<img>` of another page."""
    status, headers, picture = request(charge["pix"]["qr_code_url"] + "?format=png")
    assert (status, headers.get_content_type()) == (200, "image/png"), status
    assert read(picture) == [charge["pix"]["br_code"]], "ZXing does not read the picture of the QR code"


def looked(chromium, node, job):
    command = ["node", node / "pages.mjs", chromium, job]
    run = subprocess.run(
        list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS_MAX
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def check_codes(codes):
    assert codes, "no page has a QR code"
    for code in codes:
        found = read(pathlib.Path(code["picture"]).read_bytes())
        assert found == [code["text"]], f"{code['name']}: ZXing reads {found}"


def read(picture):
    """Returns the texts of the QR codes in a picture."""
    import io

    import zxingcpp
    from PIL import Image

    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    return [code.text for code in found if code.format.name == "QRCode"]


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"pages: failed: {failure}")
