"""Checks with schemathesis that the answers agree with the OpenAPI document: `make contract`.

It sends the examples of the document, what follows from its rules, and a few random requests, the same in
each run. `make fuzz` sends more random requests, and sequences of requests, others in each run.
"""

import base64
import collections
import contextlib
import functools
import hmac
import http.server
import json
import os
import pathlib
import re
import secrets
import struct
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta

from bundle import CHARGE, PAYOUT, ROOT, Bundle, request
from cache import virtual_environment

SEED = "20240601"
# Only random requests use the ids of objects that exist, so without them many operations never succeed.
PHASES = {"contract": "examples,coverage,fuzzing", "fuzz": "fuzzing,stateful"}
# Random requests for each operation and caller.
EXAMPLES = {"contract": "12", "fuzz": "100"}
# A guard against waiting for ever, and no claim about speed.
WITHIN_SECONDS = 60
OURS = {"X-Requested-With": "trilho"}
MODERATOR = "a moderator"
PROGRAM_HEADER = "X-Requested-With: trilho"
# Checks of schemathesis that do not run.
CHECKS_OFF = [
    # A schema cannot express some rules: check digits, "in the future", cursors of an earlier page.
    "positive_data_acceptance",
]


def main(task):
    seed = SEED if task == "contract" else str(secrets.randbelow(2**32))
    print(f"{task}: phases {PHASES[task]}, seed {seed}", flush=True)
    schemathesis = virtual_environment("venv", ROOT / ".ci/requirements.txt") / "bin/schemathesis"
    with (
        tempfile.TemporaryDirectory(prefix="trilho-contract-") as directory,
        # The clock moves between codes, because each code works once.
        Bundle(directory, MOVED_AUTHENTICATORS="1") as bundle,
        receiver() as receiver_url,
    ):
        ana, bruno = bundle.demo["moderators"]
        carla = {"email": "carla@demo.example", "password": "three-plain-words", "totp_secret": ""}
        dora = carla | {"email": "dora@demo.example"}
        moderator = session(bundle.base_url, ana)
        for person in (carla, dora):
            accept(bundle, invited(bundle, moderator, person["email"]), person["password"])
        values = create_objects(bundle, moderator, ana, bruno) | create_webhooks(bundle, receiver_url)
        values |= create_payouts(bundle, moderator, ana, bruno)
        values |= create_statements(bundle)
        # Last, because the clock moves while objects are made, and a payer has ten minutes to prove who they are.
        values |= create_authentications(bundle)
        kinds = ("charges", "payouts", "refunds", "credits")
        values["transactions"] = [thing for kind in kinds for thing in values[kind][:5]]
        document = pathlib.Path(directory, "openapi.json")
        document.write_text(on_loopback((ROOT / "infra/openapi.json").read_text(), receiver_url))
        # Name, caller, person with the authenticator, operations. Each operation that ends the session, or
        # gives it another token, has its own run; only a person without a second factor can enrol. A
        # log-in moves the clock by 15 minutes, and a session ends after twelve hours, so only the first run
        # logs in.
        ends = {
            "close_session": carla,
            "delete_other_sessions": carla,
            "delete_session": ana,
            "replace_password": dora,
        }
        apart = {"open_session", *ends}
        # Each code of a moderator moves the clock by half a minute, so one session is too short for all of them.
        # People come last, because that run deletes users.
        money, people = "^/v1/(payout|credit|charges|refunds|payments)", "^/v1/(users|api-keys|usage|audit)"
        own = "^/v1/(me|sessions|invitations)"
        parts = [
            ("money", ["--include-path-regex", money]),
            ("own", ["--include-path-regex", own]),
            ("other", ["--exclude-path-regex", f"{money}|{own}|{people}"]),
            ("people", ["--include-path-regex", people]),
        ]
        runs = [
            # The API does not read the header of a program, so no generated value of it is refused.
            ("a program", None, bruno, ["--exclude-operation-id", "close_session", "--header", PROGRAM_HEADER]),
            *[(f"a person: {name}", who, who, ["--include-operation-id", name]) for name, who in ends.items()],
            ("a person who enrols", carla, carla, ["--include-operation-id-regex", "two_factor$"]),
            *[(f"{MODERATOR}: {name}", ana, ana, which) for name, which in parts],
        ]
        failed, statuses = [], {}
        for name, caller, person, which in runs:
            print(f"contract: as {name}", flush=True)
            if name.startswith(MODERATOR):
                # What a program succeeds with is the same for a person, except that a person needs a code.
                same = succeeded(statuses) - with_code() if task == "contract" else set()
                which = [*which, "--exclude-operation-id-regex", f"^({'|'.join(sorted(apart | same))})$"]
            cookie = session(bundle.base_url, caller)["Cookie"] if caller else ""
            if caller:
                credential = {"session": {"api_key": cookie.partition("=")[2]}}
            else:
                credential = {"api_key": {"bearer": bundle.demo["api_user"]["api_key"]}}
            pathlib.Path(directory, "schemathesis.toml").write_text(toml(values, credential))
            story = {
                "TRILHO_URL": bundle.base_url,
                "TRILHO_PERSON": json.dumps(person),
                "TRILHO_COOKIE": cookie,
                "TRILHO_RECEIVER": receiver_url,
            }
            if run(schemathesis, document, bundle, story, which, task, seed) != 0:
                failed.append(name)
            answered(bundle, statuses)
        assert not failed, f"as {' and as '.join(failed)}: see the curl commands above"
    if task == "fuzz":
        return
    for operation, seen in statuses.items():
        print(f"  {operation:<45}", *[f"{status}: {count}" for status, count in sorted(seen.items())])
    never = operations().keys() - succeeded(statuses)
    assert not never, f"no request succeeded for {', '.join(sorted(never))}"
    print("contract: ok, every operation succeeded at least once")


@functools.cache
def operations():
    """Returns the route and the entry of each operation of the document."""
    paths = json.loads((ROOT / "infra/openapi.json").read_text())["paths"].items()
    entries = [(f"{method.upper()} {path}", entry) for path, item in paths for method, entry in item.items()]
    return {entry["operationId"]: (route, entry) for route, entry in entries}


def with_code():
    """Returns the operations that take a two-factor code."""
    headers = {name: [one.get("name") for one in entry.get("parameters", [])] for name, (_, entry) in operations().items()}
    return {name for name, names in headers.items() if "Two-Factor-Code" in names}


def succeeded(statuses):
    """Returns the operations that succeeded. A form of a page answers with another page to go to."""
    return {name for name, seen in statuses.items() if any(200 <= status < 400 for status in seen)}


def answered(bundle, statuses):
    """Adds the statuses of each operation, from the bundle's request log."""
    names = {route: name for name, (route, _) in operations().items()}
    while not bundle.lines.empty():
        # Deliveries are logged too, as `204 webhook`.
        line = re.search(r"(?:^| )(\d{3}) ([A-Z]+) +(/\S*) ", bundle.lines.get() or "")
        # The document has no HEAD, which some operations answer.
        name = names.get(f"{line[2]} {line[3]}") if line else None
        if name:
            statuses.setdefault(name, collections.Counter())[int(line[1])] += 1


class Receiver(http.server.BaseHTTPRequestHandler):
    """Accepts every webhook, except at `/failing`."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500 if self.path == "/failing" else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def receiver():
    """Runs the receiver of every event and yields its URL."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def on_loopback(document, receiver_url):
    """Returns the document for http on loopback, where a browser accepts no `__Host-` cookie. schemathesis
    sends its examples unchanged, and no event may leave this machine."""
    here = {'"__Host-trilho"': '"trilho"', '"https://hooks.example.com/trilho"': json.dumps(receiver_url)}
    for text, instead in here.items():
        assert text in document, f"{text} is not in the document any more; adapt contract.py"
        document = document.replace(text, instead)
    return document


def run(schemathesis, document, bundle, story, which, task, seed):
    """Runs schemathesis; schemathesis.toml is beside the document."""
    command = [schemathesis, "run", document, "--url", bundle.base_url, *which]
    command += ["--workers", "1", "--phases", PHASES[task], "--seed", seed, "--max-examples", EXAMPLES[task]]
    command += ["--max-failures", "30"]
    command += ["--exclude-checks", ",".join(CHECKS_OFF)]
    command += ["--continue-on-failure", "--warnings", "off", "--generation-database", "none", "--no-color"]
    # With credentials in the output, so that a request can be repeated; the bundle ends within a minute.
    command += ["--output-sanitize", "false"]
    hooks = {"SCHEMATHESIS_HOOKS": "contract_hooks", "PYTHONPATH": str(ROOT / ".ci"), "NO_PROXY": "127.0.0.1"}
    with subprocess.Popen(command, cwd=document.parent, env=os.environ | hooks | story, stdin=subprocess.DEVNULL) as st:
        try:
            return st.wait(timeout=1800)
        except BaseException:
            st.terminate()
            raise


def code(secret, now):
    """Returns the code of an authenticator (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(now) // 30), "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack_from('>I', digest, offset)[0] & 0x7FFFFFFF) % 1_000_000:06}"


def fresh_code(bundle_url, secret, seconds=30):
    """Moves the clock and returns a fresh code, because each code works once."""
    _, _, answer = request(f"{bundle_url}/local/clock", "POST", None, {"advance_seconds": seconds, "run_jobs": False})
    return code(secret, datetime.fromisoformat(json.loads(answer)["now"]).timestamp())


def session(base_url, person):
    """Logs a person in and returns the headers of the session."""
    body = {"email": person["email"], "password": person["password"]}
    if person["totp_secret"]:
        body["totp_code"] = fresh_code(base_url, person["totp_secret"])
    status, headers, answer = request(f"{base_url}/v1/sessions", "POST", OURS, body)
    assert status == 201, answer
    return {"Cookie": headers["Set-Cookie"].split(";")[0]} | OURS


def invited(bundle, moderator, email):
    body = {"name": "Person", "email": email, "kind": "human", "roles": ["view"]}
    status, answer = bundle.call("POST", "/v1/users", body, moderator)
    assert status == 201, answer
    return answer


def accept(bundle, user, password):
    path = f"/v1/invitations/{user['invitation']['token']}/accept"
    status, answer = bundle.call("POST", path, {"password": password}, OURS)
    assert status == 200, answer


def made(bundle, path, body, headers=None):
    status, answer = bundle.call("POST", path, body, headers)
    assert status == 201, answer
    return answer


def create_objects(bundle, moderator, person, login):
    """Creates objects, so that not every answer is a 404."""

    def key(user):
        code = {"Two-Factor-Code": fresh_code(bundle.base_url, person["totp_secret"])}
        body = {"name": "contract", "ip_allowlist": ["127.0.0.1"]}
        return made(bundle, f"/v1/users/{user}/api-keys", body, moderator | code)

    charges = [made(bundle, "/v1/charges", CHARGE, bundle.key | {"Idempotency-Key": f"contract-{n}"}) for n in range(40)]
    programs = [made(bundle, "/v1/users", {"name": "Program", "kind": "api"}, moderator)["id"] for _ in range(5)]
    people = [invited(bundle, moderator, f"person-{n}@demo.example") for n in range(5)]
    boletos, card_pages = create_boletos(bundle), create_card_pages(bundle)
    beneficiaries = [made(bundle, "/v1/beneficiaries", BENEFICIARY | {"reference": f"contract-{n}"}) for n in range(20)]
    for beneficiary in beneficiaries[15:]:
        status, answer = bundle.call("POST", f"/v1/beneficiaries/{beneficiary['id']}/archive", {})
        assert status == 200, answer
    links = [made(bundle, "/v1/collections", COLLECTION | {"reference": f"contract-{n}"}) for n in range(15)]
    # Sessions of the moderator, none of which is that of a run.
    for _ in range(2):
        session(bundle.base_url, person)
    status, sessions = bundle.call("GET", "/v1/me/sessions", None, moderator)
    assert status == 200, sessions
    return {
        "sessions": [opened["id"] for opened in sessions["data"] if not opened["current"]],
        "charges": [charge["id"] for charge in charges],
        "locations": [charge["pix"]["txid"] for charge in charges[:5]],
        "payable_boletos": [boleto["id"] for boleto in boletos[:10]],
        "paid_boletos": [boleto["id"] for boleto in boletos[10:]],
        "payment_tokens": [token_of(charge) for charge in charges[:5]],
        "authorized_cards": [charge["id"] for charge in create_cards(bundle, "approved")],
        "sold_cards": [charge["id"] for charge in create_cards(bundle, "approved", capture=True, installments=3)],
        "card_page_tokens": [token_of(charge) for charge in card_pages],
        "card_tokens": ["tok_approved_01KB0000000000000000000000"],
        "card_names": ["approved", "stolen", "review_approved"],
        "due_dates": [boletos[0]["due_date"]],
        "slip_tokens": [token_of(boleto) for boleto in boletos[:5]],
        "beneficiaries": [beneficiary["id"] for beneficiary in beneficiaries[:10]],
        "checked_beneficiaries": [beneficiaries[0]["id"]],
        "checked_destinations": [beneficiaries[0]["destinations"][0]["id"]],
        "leaving_beneficiaries": [beneficiary["id"] for beneficiary in beneficiaries[10:15]],
        "archived_beneficiaries": [beneficiary["id"] for beneficiary in beneficiaries[15:]],
        "collections": [link["id"] for link in links[:5]],
        "leaving_collections": [link["id"] for link in links[5:10]],
        "link_tokens": [link["url"].rsplit("/", 1)[1] for link in links[10:]],
        "destinations": [beneficiary["destinations"][1]["id"] for beneficiary in beneficiaries[:10]],
        "users": programs,
        "people": [person["id"] for person in people],
        "invitations": [person["invitation"]["token"] for person in people],
        "keys": [key(programs[0])["id"] for _ in range(5)],
        "emails": [login["email"]],
        "passwords": [login["password"]],
        "documents": ["529.982.247-25", "39053344705", "00.000.000/0001-91"],
        "addresses": ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"],
    }


def create_boletos(bundle):
    """Creates boletos that the bank has registered, half of them paid but not settled."""
    due_date = (datetime.fromisoformat(bundle.now()) + timedelta(days=30)).date().isoformat()
    payer = CHARGE["payer"] | {"address": ADDRESS}
    new = CHARGE | {"method": "boleto", "due_date": due_date, "payer": payer}
    names = [f"contract-boleto-{n}" for n in range(20)]
    boletos = [made(bundle, "/v1/charges", new, bundle.key | {"Idempotency-Key": name}) for name in names]
    until = time.monotonic() + WITHIN_SECONDS
    for boleto in boletos:
        while (found := bundle.call("GET", f"/v1/charges/{boleto['id']}", None))[1]["status"] == "registering":
            assert time.monotonic() < until, f"a boleto was not registered within {WITHIN_SECONDS} s: {found}"
            bundle.now(1)
            time.sleep(0.1)
    for boleto in boletos[10:]:
        status, answer = bundle.call("POST", f"/v1/sandbox/charges/{boleto['id']}/pay", {})
        assert status == 200, answer
    return boletos


def create_cards(bundle, card, **fields):
    """Creates charges by card, by default not captured, and returns them once the acquirer answered."""
    charges, fields = [], {"capture": False} | fields
    for n in range(10):
        status, made_token = bundle.call("POST", "/v1/sandbox/card-tokens", {"card": card})
        assert status == 200, made_token
        new = {"method": "card", "amount_cents": 10_000, "card": {"token": made_token["token"]} | fields}
        headers = bundle.key | {"Idempotency-Key": f"contract-{card}-{fields['capture']}-{n}"}
        charges.append(made(bundle, "/v1/charges", new, headers))

    def answered(charge):
        found = bundle.call("GET", f"/v1/charges/{charge['id']}", None)[1]
        return found["status"] in ("authorized", "paid") or found["card"]["authentication_url"]

    until = time.monotonic() + WITHIN_SECONDS
    while not all(map(answered, charges)):
        assert time.monotonic() < until, f"cards were not answered within {WITHIN_SECONDS} s"
        bundle.now(1)
        time.sleep(0.1)
    return charges


def create_authentications(bundle):
    """Creates charges by card whose issuer asks who the payer is."""
    asked = create_cards(bundle, "authentication")
    # A payer has ten minutes, which the runs can take longer than. So these succeed here, and count.
    status, _, answer = request(f"{bundle.base_url}/pay/{token_of(asked[0])}/sandbox-issuer")
    assert status == 200, answer
    path = f"/v1/sandbox/charges/{asked[0]['id']}/authenticate"
    status, answer = bundle.call("POST", path, {"outcome": "passed"})
    assert status == 200, answer
    return {
        "authentication_cards": [charge["id"] for charge in asked[1:5]],
        "authentication_tokens": [token_of(charge) for charge in asked[5:]],
    }


def create_card_pages(bundle):
    """Creates charges whose payer pays by card on the payment page."""
    new = {"method": "card", "amount_cents": 100_000, "card": {"installments_max": 12}}
    names = [f"contract-card-page-{n}" for n in range(20)]
    return [made(bundle, "/v1/charges", new, bundle.key | {"Idempotency-Key": name}) for name in names]


def create_kyc_requests(bundle, payouts):
    """Stops payouts for compliance, and answers every request."""
    status, account = bundle.call("GET", "/v1/account", None)
    assert status == 200, account
    requests = []
    for payout in payouts:
        command = {"account_id": account["id"], "payout_id": payout, "cases": ["payout_purpose"]}
        status, stopped = bundle.call("POST", "/local/operate/open_kyc_request", command)
        assert status == 200, stopped
        request = stopped["kyc_request"]["id"]
        text = {"kind": "payout_purpose", "text": "Fee of our accountant."}
        made(bundle, f"/v1/kyc-requests/{request}/answer", text)
        requests.append(request)
    return requests


def token_of(charge):
    """Returns the token of a charge's payment page."""
    return charge["payment_url"].rsplit("/", 1)[1]


def create_payouts(bundle, moderator, person, other):
    """Creates payouts and refunds in the states that the operations need."""
    other_session = session(bundle.base_url, other)

    def demand(**settings):
        code = {"Two-Factor-Code": fresh_code(bundle.base_url, person["totp_secret"])}
        status, answer = bundle.call("PUT", "/v1/payout-settings", settings, moderator | code)
        assert status == 200, answer
        if change := answer["pending_change"]:
            # A lower protection needs the other moderator.
            code = {"Two-Factor-Code": fresh_code(bundle.base_url, other["totp_secret"])}
            path = f"/v1/payout-settings-changes/{change['id']}/approve"
            status, answer = bundle.call("POST", path, {}, other_session | code)
            assert status == 200, answer

    def payouts(kind, headers, count=20, **fields):
        names = [f"contract-{kind}-{n}" for n in range(count)]
        bodies = [{"Idempotency-Key": name} | headers for name in names]
        return [made(bundle, "/v1/payouts", PAYOUT | fields, named)["id"] for named in bodies]

    def batch(name, headers):
        headers = headers | {"Idempotency-Key": f"contract-{name}"}
        status, answer = bundle.call("POST", "/v1/payout-batches", {"payouts": [PAYOUT, PAYOUT]}, headers)
        assert status == 202, answer
        return answer["id"]

    # A program approves only if the permission is granted by name.
    path = f"/v1/users/{bundle.demo['api_user']['id']}"
    permissions = bundle.call("GET", path, None, moderator)[1]["permissions"] + ["payouts:approve"]
    code = {"Two-Factor-Code": fresh_code(bundle.base_url, person["totp_secret"])}
    status, answer = bundle.call("PATCH", path, {"permissions": permissions}, moderator | code)
    assert status == 200, answer
    funds = made(bundle, "/v1/charges", CHARGE | {"amount_cents": 10_000_000}, bundle.key | {"Idempotency-Key": "funds"})
    status, answer = bundle.call("POST", f"/v1/sandbox/charges/{funds['id']}/pay", {})
    assert status == 200, answer
    # No caller can approve or review their own payouts: a person creates the first, the program the second.
    demand(approval_rules=[{"from_cents": 0, "approvals": 1}])
    approvable = payouts("approvable", moderator)
    decidable = [batch(f"decidable-{n}", moderator) for n in range(10)]
    # The schedule opens them, asks for the owners of the keys, and counts again.
    for _ in range(3):
        bundle.now(61)
        time.sleep(2)
    demand(approval_rules=[], review_from_cents=1)
    code = {"Two-Factor-Code": fresh_code(bundle.base_url, person["totp_secret"])}
    answer = bundle.call("PUT", "/v1/payout-settings", {"approval_rules": []}, moderator | code)[1]
    change = answer["pending_change"]["id"]
    status, answer = bundle.call("POST", f"/v1/payout-settings-changes/{change}/refuse", {}, moderator)
    assert status == 200, answer
    reviewable = payouts("reviewable", bundle.key)
    demand(approval_rules=[])
    waiting = payouts("waiting", bundle.key, amount_cents=2_006)
    cancellable = payouts("cancellable", bundle.key, scheduled_for="2027-06-01T12:00:00Z")
    explained = create_kyc_requests(bundle, payouts("kyc", bundle.key, scheduled_for="2027-06-01T12:00:00Z"))
    # The sandbox network accepts a refund of this amount and waits for its result.
    back = {"amount_cents": 3_005}
    names = [f"contract-refund-{n}" for n in range(20)]
    status, receipt = bundle.call("GET", f"/v1/charges/{funds['id']}/receipt")
    assert status == 200, receipt
    path = f"/v1/charges/{funds['id']}/refunds"
    refunds = [made(bundle, path, back, bundle.key | {"Idempotency-Key": name})["id"] for name in names]
    # Payments that name no charge, and returns that wait for their result.
    arrived = [made(bundle, "/v1/sandbox/payments", {"amount_cents": 700 + n}) for n in range(20)]
    returning = []
    for n in range(20):
        credit = made(bundle, "/v1/sandbox/payments", {"amount_cents": 3_005})["credit_id"]
        headers = bundle.key | {"Idempotency-Key": f"contract-return-{n}"}
        status, answer = bundle.call("POST", f"/v1/credits/{credit}/return", {}, headers)
        assert status == 200, answer
        returning.append(credit)
    # Charges of their own, so that the money of the refunds stays free.
    for n in range(20):
        headers = bundle.key | {"Idempotency-Key": f"contract-demanded-{n}"}
        demanded = made(bundle, "/v1/charges", CHARGE | {"amount_cents": 5_000}, headers)
        for path, body in (("pay", {}), ("return", {"outcome": "blocked", "amount_cents": 100})):
            status, answer = bundle.call("POST", f"/v1/sandbox/charges/{demanded['id']}/{path}", body)
            assert status == 200, answer
    status, answer = bundle.call("GET", "/v1/balance-blocks", None)
    assert status == 200, answer
    blocks = [block["id"] for block in answer["data"]]
    batches = [batch(f"batch-{n}", bundle.key) for n in range(3)]
    return {
        "payouts": [*approvable, *reviewable, *waiting, *cancellable],
        "approvable_payouts": approvable,
        "reviewable_payouts": reviewable,
        "waiting_payouts": waiting,
        "cancellable_payouts": cancellable,
        "kyc_requests": explained[:10],
        "answered_kyc_requests": explained[10:],
        "payout_batches": batches,
        "decidable_batches": decidable,
        "settings_changes": [change],
        "refundable_charges": [funds["id"]],
        "refunds": refunds,
        "payments": [payment["id"] for payment in arrived],
        "credits": [payment["credit_id"] for payment in arrived],
        "returning_credits": returning,
        "blocks": blocks,
        "disputes": [block.replace("blk_", "dsp_") for block in blocks],
        "receipt_codes": [receipt["proof"]["code"], receipt["proof"]["code"][:-1], "keys"],
        "pix_keys": ["maria@example.com", "529.982.247-25", "+5511987654321", "nobody@sandbox.example"],
    }


def create_statements(bundle):
    """Creates exports with their files, and schedules."""
    # A day that has ended in Sao Paulo too, at any hour.
    day = (datetime.fromisoformat(bundle.now()) - timedelta(days=2)).date().isoformat()
    exports = []
    for new in ({"format": "csv"}, {"format": "csv", "dialect": "intl"}, {"format": "ofx"}, {"format": "camt053"}):
        new |= {"from": day, "until": day}
        status, answer = bundle.call("POST", "/v1/statement-exports", new)
        assert status == 202, answer
        exports.append(answer["id"])

    def ready(export):
        status, answer = bundle.call("GET", f"/v1/statement-exports/{export}")
        assert status == 200, answer
        return answer["status"] == "ready"

    until = time.monotonic() + WITHIN_SECONDS
    while not all(map(ready, exports)):
        assert time.monotonic() < until, f"statements were not written within {WITHIN_SECONDS} s"
        time.sleep(0.1)
    daily = {"frequency": "daily", "at": "06:00", "format": "csv"}
    schedules = [made(bundle, "/v1/statement-schedules", daily)["id"] for _ in range(5)]
    return {"exports": exports, "schedules": schedules}


def create_webhooks(bundle, receiver_url):
    """Creates endpoints, of which an account has at most 20, and their deliveries."""

    def endpoint(path, *events):
        body = {"url": receiver_url + path, "events": events or ["charge.paid"]}
        return made(bundle, "/v1/webhook-endpoints", body)["id"]

    used = [endpoint("", "*"), endpoint("failing", "charge.created"), *[endpoint("") for _ in range(3)]]
    disabled = endpoint("")
    status, answer = bundle.call("PATCH", f"/v1/webhook-endpoints/{disabled}", {"status": "disabled"})
    assert status == 200, answer
    for n in range(10):
        made(bundle, "/v1/charges", CHARGE, bundle.key | {"Idempotency-Key": f"contract-webhooks-{n}"})
    deliveries = attempted(bundle, 2 * 10)
    return {
        "urls": [receiver_url, receiver_url + "failing"],
        "event_types": list(json.loads((ROOT / "infra/openapi.json").read_text())["webhooks"]),
        "endpoints": [*used, disabled],
        # Operations change and delete these, so that the others stay unchanged.
        "other_endpoints": [endpoint("") for _ in range(5)],
        "events": [delivery["event_id"] for delivery in deliveries],
        "objects": [event["data"]["object"]["id"] for event in bundle.call("GET", "/v1/events")[1]["data"]],
        "deliveries": [delivery["id"] for delivery in deliveries],
        "instants": ["2024-06-01T00:00:00Z", deliveries[0]["created_at"]],
    }


def attempted(bundle, count):
    """Waits until `count` deliveries had an attempt, and returns them."""
    until = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < until:
        status, listed = bundle.call("GET", "/v1/deliveries?limit=100")
        assert status == 200, listed
        if len([delivery for delivery in listed["data"] if delivery["attempts"]]) == count:
            return listed["data"]
        time.sleep(0.1)
    raise AssertionError(f"{count} deliveries had no attempt within {WITHIN_SECONDS} s: {listed}")


# The values that schemathesis mostly uses for a parameter. It always uses them for URLs of endpoints,
# because events go there.
ALWAYS = {"urls"}
ADDRESS = {
    "street": "Rua Augusta",
    "number": "100",
    "district": "Consolação",
    "city": "São Paulo",
    "state": "SP",
    "postal_code": "01304-000",
}
COLLECTION = {
    "beneficiary": {"name": "Maria Silva", "document": {"type": "cpf", "number": "529.982.247-25"}},
    "contact": {"email": "maria@example.com"},
    "ask": "pix_key",
}
BENEFICIARY = {
    "name": "Maria Silva",
    "document": {"type": "cpf", "number": "529.982.247-25"},
    "destinations": [
        {"pix_key": {"type": "email", "key": "maria@example.com"}},
        {"pix_key": {"type": "cpf", "key": "529.982.247-25"}},
    ],
}
PAYMENT_PAGES = ("show_payment_page", "show_payment_receipt", "show_payment_slip")
PARAMETERS = {
    "create_charge": {"body.payer.document.number": "documents"},
    **{name: {"path.location": "locations"} for name in ("show_pix_location", "show_pix_qr_code")},
    **{name: {"path.token": "payment_tokens"} for name in PAYMENT_PAGES},
    "show_payment_slip": {"path.token": "slip_tokens"},
    "accept_invitation": {"path.token": "invitations"},
    "open_session": {"body.email": "emails", "body.password": "passwords"},
    "create_api_key": {"path.id": "users", "body.ip_allowlist[*]": "addresses"},
    "replace_ip_allowlist": {"path.id": "keys", "body.ip_allowlist[*]": "addresses"},
    **{name: {"path.id": "people"} for name in ("reset_two_factor", "create_invitation", "delete_user_sessions")},
    "delete_session": {"path.id": "sessions"},
    "list_users": {"query.email": "emails"},
    **{name: {"path.id": "charges"} for name in ("find_charge", "cancel_charge", "show_qr_code", "pay_charge", "resolve_return")},
    "settle_charge": {"path.id": "paid_boletos"},
    "capture_charge": {"path.id": "authorized_cards"},
    **{name: {"path.id": "sold_cards"} for name in ("find_anticipation", "anticipate_charge")},
    "list_receivables": {"query.charge_id": "sold_cards"},
    "show_receivables_file": {"query.charge_id": "sold_cards"},
    "authenticate_charge": {"path.id": "authentication_cards"},
    "create_card_token": {"body.card": "card_names"},
    **{
        name: {"path.token": "card_page_tokens", "query.card_token": "card_tokens", "body.card_token": "card_tokens"}
        for name in ("show_card_payment", "create_card_payment", "show_card_form")
    },
    **{name: {"path.token": "authentication_tokens"} for name in ("show_issuer_page", "authenticate_payer")},
    "change_charge": {"path.id": "payable_boletos", "body.due_date": "due_dates"},
    "show_slip": {"path.id": "payable_boletos"},
    **{name: {"path.id": "users"} for name in ("find_user", "update_user", "suspend_user", "reinstate_user", "delete_user")},
    **{name: {"path.id": "keys"} for name in ("find_api_key", "rotate_api_key", "delete_api_key")},
    "create_refund": {"path.id": "refundable_charges"},
    "find_refund": {"path.id": "refunds"},
    "find_payment": {"path.id": "payments"},
    **{name: {"path.id": "credits"} for name in ("find_credit", "keep_credit", "return_credit")},
    "match_credit": {"path.id": "credits", "body.charge_id": "charges"},
    "resolve_credit": {"path.id": "returning_credits"},
    "find_balance_block": {"path.id": "blocks"},
    **{
        name: {"path.id": "disputes"}
        for name in ("find_dispute", "accept_dispute", "submit_dispute", "create_evidence")
    },
    "list_disputes": {"query.charge_id": "charges"},
    "show_charge_receipt": {"path.id": "refundable_charges"},
    "show_payout_receipt": {"path.id": "payouts"},
    "show_refund_receipt": {"path.id": "refunds"},
    "validate_receipt": {"path.code": "receipt_codes"},
    "find_transaction": {"path.id": "transactions"},
    "find_statement_export": {"path.id": "exports"},
    **{name: {"path.id": "schedules"} for name in ("find_statement_schedule", "update_statement_schedule")},
    "resolve_refund": {"path.id": "refunds"},
    "create_payout": {"body.beneficiary.document.number": "documents", "body.to.pix_key.key": "pix_keys"},
    "create_beneficiary": {"body.document.number": "documents", "body.destinations[*].pix_key.key": "pix_keys"},
    **{
        name: {"path.id": "beneficiaries"}
        for name in ("find_beneficiary", "update_beneficiary", "create_beneficiary_destination")
    },
    "delete_beneficiary_destination": {"path.id": "beneficiaries", "path.destination": "destinations"},
    "check_beneficiary_destination": {"path.id": "checked_beneficiaries", "path.destination": "checked_destinations"},
    "archive_beneficiary": {"path.id": "leaving_beneficiaries"},
    "reinstate_beneficiary": {"path.id": "archived_beneficiaries"},
    "create_collection": {"body.beneficiary.document.number": "documents", "body.contact.email": "emails"},
    "find_collection": {"path.id": "collections"},
    "cancel_collection": {"path.id": "leaving_collections"},
    **{
        name: {"path.token": "link_tokens"}
        for name in (
            "show_collection_page", "create_collection_code", "open_collection_form", "submit_collection",
        )
    },
    **{
        name: {"path.id": "kyc_requests"}
        for name in ("find_kyc_request", "create_kyc_document", "answer_kyc_request", "create_kyc_message")
    },
    "submit_kyc_request": {"path.id": "answered_kyc_requests"},
    "list_beneficiaries": {"query.document": "documents"},
    "find_payout": {"path.id": "payouts"},
    **{name: {"path.id": "approvable_payouts"} for name in ("approve_payout", "reject_payout")},
    "approve_payouts": {"body.payout_ids[*]": "approvable_payouts"},
    "preview_payout": {"body.beneficiary.document.number": "documents", "body.to.pix_key.key": "pix_keys"},
    **{name: {"path.id": "decidable_batches"} for name in ("approve_payout_batch", "reject_payout_batch")},
    **{
        name: {"path.id": "settings_changes"}
        for name in ("find_settings_change", "approve_settings_change", "refuse_settings_change")
    },
    "review_payout": {"path.id": "reviewable_payouts"},
    "resolve_payout": {"path.id": "waiting_payouts"},
    "cancel_payout": {"path.id": "cancellable_payouts"},
    "find_payout_batch": {"path.id": "payout_batches"},
    "validate_pix_key": {"body.key": "pix_keys"},
    "create_webhook_endpoint": {"body.url": "urls", "body.events[*]": "event_types"},
    "update_webhook_endpoint": {
        "path.id": "other_endpoints",
        "body.url": "urls",
        "body.events[*]": "event_types",
    },
    "delete_webhook_endpoint": {"path.id": "other_endpoints"},
    "replay_webhook_endpoint": {"path.id": "endpoints", "body.created_from": "instants"},
    "list_events": {"query.object_id": "objects", "query.type": "event_types", "query.after": "events"},
    "find_event": {"path.id": "events"},
    "redeliver_event": {"path.id": "events", "body.endpoint_id": "endpoints"},
    "list_deliveries": {"query.endpoint_id": "endpoints", "query.event_id": "events"},
    "find_delivery": {"path.id": "deliveries"},
    **{
        name: {"path.id": "endpoints"}
        for name in ("find_webhook_endpoint", "rotate_webhook_secret", "test_webhook_endpoint")
    },
}


def toml(values, credential):
    """Returns schemathesis.toml; strings and lists are written as in JSON."""
    lines = []
    for scheme, parts in credential.items():
        lines += [f"[auth.openapi.{scheme}]", *[f"{name} = {json.dumps(value)}" for name, value in parts.items()]]
    for name, some in values.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(some)}"]
    # Every text is an answer to whether a receipt is genuine: a false code is not confirmed, with 200.
    # A page ignores parameters that it does not know.
    for operation in ("validate_receipt", *PAYMENT_PAGES):
        lines += ["[[operations]]", f'include-operation-id = "{operation}"', "checks.negative_data_rejection.enabled = false"]
    for operation, parameters in PARAMETERS.items():
        lines += ["[[operations]]", f'include-operation-id = "{operation}"', "[operations.parameters]"]
        for parameter, name in parameters.items():
            probability = 1.0 if name in ALWAYS else 0.8
            lines.append(f'"{parameter}" = {{ dictionary = "{name}", probability = {probability} }}')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        main(*sys.argv[1:] or ["contract"])
    except AssertionError as failure:
        sys.exit(f"contract: failed: {failure}")
