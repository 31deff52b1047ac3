"""Checks with schemathesis that the answers agree with the OpenAPI document: `make contract`."""

import base64
import collections
import contextlib
import hmac
import http.server
import json
import os
import pathlib
import re
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
EXAMPLES = "12"
WITHIN_SECONDS = 10
OURS = {"X-Requested-With": "trilho"}
PROGRAM_HEADER = "X-Requested-With: trilho"
# Checks of schemathesis that do not run.
CHECKS_OFF = [
    # A schema cannot express some rules: check digits, "in the future", cursors of an earlier page.
    "positive_data_acceptance",
]


def main():
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
        values |= create_payouts(bundle, moderator, ana)
        values |= create_statements(bundle)
        kinds = ("charges", "payouts", "refunds")
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
        apart = f"^({'|'.join(['open_session', *ends])})$"
        runs = [
            # The API does not read the header of a program, so no generated value of it is refused.
            ("a program", None, bruno, ["--exclude-operation-id", "close_session", "--header", PROGRAM_HEADER]),
            *[(f"a person: {name}", who, who, ["--include-operation-id", name]) for name, who in ends.items()],
            ("a person who enrols", carla, carla, ["--include-operation-id-regex", "two_factor$"]),
            # Last, because it deletes users and objects.
            ("a moderator", ana, ana, ["--exclude-operation-id-regex", apart]),
        ]
        failed = []
        for name, caller, person, which in runs:
            print(f"contract: as {name}", flush=True)
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
            if run(schemathesis, document, bundle, story, which) != 0:
                failed.append(name)
        statuses = answered(bundle)
        assert not failed, f"as {' and as '.join(failed)}: see the curl commands above"
    never = [operation for operation, seen in statuses.items() if not any(200 <= status < 300 for status in seen)]
    assert not never, f"no request succeeded for {', '.join(never)}"
    print("contract: ok, every operation succeeded at least once")


def answered(bundle):
    """Returns the statuses of each operation, from the bundle's request log."""
    document = json.loads((ROOT / "infra/openapi.json").read_text())
    paths = document["paths"].items()
    statuses = {f"{method.upper()} {path}": collections.Counter() for path, item in paths for method in item}
    while not bundle.lines.empty():
        # Deliveries are logged too, as `204 webhook`.
        line = re.search(r"(?:^| )(\d{3}) ([A-Z]+) +(/\S*) ", bundle.lines.get() or "")
        # The document has no HEAD, which some operations answer.
        if line and f"{line[2]} {line[3]}" in statuses:
            statuses[f"{line[2]} {line[3]}"][int(line[1])] += 1
    for operation, seen in statuses.items():
        print(f"  {operation:<45}", *[f"{status}: {count}" for status, count in sorted(seen.items())])
    return statuses


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


def run(schemathesis, document, bundle, story, which):
    """Runs schemathesis; schemathesis.toml is beside the document."""
    command = [schemathesis, "run", document, "--url", bundle.base_url, *which]
    command += ["--workers", "1", "--seed", SEED, "--max-examples", EXAMPLES, "--max-failures", "30"]
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
    _, _, answer = request(f"{bundle_url}/local/clock", "POST", None, {"advance_seconds": seconds})
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
    # Sessions of the moderator, none of which is that of a run.
    for _ in range(2):
        session(bundle.base_url, person)
    status, sessions = bundle.call("GET", "/v1/me/sessions", None, moderator)
    assert status == 200, sessions
    return {
        "sessions": [opened["id"] for opened in sessions["data"] if not opened["current"]],
        "charges": [charge["id"] for charge in charges],
        "locations": [charge["pix"]["txid"] for charge in charges[:5]],
        "users": programs,
        "people": [person["id"] for person in people],
        "invitations": [person["invitation"]["token"] for person in people],
        "keys": [key(programs[0])["id"] for _ in range(5)],
        "emails": [login["email"]],
        "passwords": [login["password"]],
        "documents": ["529.982.247-25", "39053344705", "00.000.000/0001-91"],
        "addresses": ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"],
    }


def create_payouts(bundle, moderator, person):
    """Creates payouts and refunds in the states that the operations need."""

    def demand(**settings):
        code = {"Two-Factor-Code": fresh_code(bundle.base_url, person["totp_secret"])}
        status, answer = bundle.call("PUT", "/v1/payout-settings", settings, moderator | code)
        assert status == 200, answer

    def payouts(kind, headers, count=20, **fields):
        names = [f"contract-{kind}-{n}" for n in range(count)]
        bodies = [{"Idempotency-Key": name} | headers for name in names]
        return [made(bundle, "/v1/payouts", PAYOUT | fields, named)["id"] for named in bodies]

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
    demand(approval="second_user")
    approvable = payouts("approvable", moderator)
    demand(approval="none", review_from_cents=1)
    reviewable = payouts("reviewable", bundle.key)
    demand(approval="none")
    waiting = payouts("waiting", bundle.key, amount_cents=2_006)
    cancellable = payouts("cancellable", bundle.key, scheduled_for="2027-06-01T12:00:00Z")
    # The sandbox network accepts a refund of this amount and waits for its result.
    back = {"amount_cents": 3_005}
    names = [f"contract-refund-{n}" for n in range(20)]
    path = f"/v1/charges/{funds['id']}/refunds"
    refunds = [made(bundle, path, back, bundle.key | {"Idempotency-Key": name})["id"] for name in names]
    lines = {"payouts": [PAYOUT, PAYOUT]}
    batches = []
    for n in range(3):
        headers = bundle.key | {"Idempotency-Key": f"contract-batch-{n}"}
        status, answer = bundle.call("POST", "/v1/payout-batches", lines, headers)
        assert status == 202, answer
        batches.append(answer["id"])
    return {
        "payouts": [*approvable, *reviewable, *waiting, *cancellable],
        "approvable_payouts": approvable,
        "reviewable_payouts": reviewable,
        "waiting_payouts": waiting,
        "cancellable_payouts": cancellable,
        "payout_batches": batches,
        "refundable_charges": [funds["id"]],
        "refunds": refunds,
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
PARAMETERS = {
    "create_charge": {"body.payer.document.number": "documents"},
    "show_pix_location": {"path.location": "locations"},
    "accept_invitation": {"path.token": "invitations"},
    "open_session": {"body.email": "emails", "body.password": "passwords"},
    "create_api_key": {"path.id": "users", "body.ip_allowlist[*]": "addresses"},
    "replace_ip_allowlist": {"path.id": "keys", "body.ip_allowlist[*]": "addresses"},
    **{name: {"path.id": "people"} for name in ("reset_two_factor", "create_invitation", "delete_user_sessions")},
    "delete_session": {"path.id": "sessions"},
    "list_users": {"query.email": "emails"},
    **{name: {"path.id": "charges"} for name in ("find_charge", "cancel_charge", "show_qr_code", "pay_charge")},
    **{name: {"path.id": "users"} for name in ("find_user", "update_user", "suspend_user", "reinstate_user", "delete_user")},
    **{name: {"path.id": "keys"} for name in ("find_api_key", "rotate_api_key", "delete_api_key")},
    "create_refund": {"path.id": "refundable_charges"},
    "find_refund": {"path.id": "refunds"},
    "find_transaction": {"path.id": "transactions"},
    "find_statement_export": {"path.id": "exports"},
    **{name: {"path.id": "schedules"} for name in ("find_statement_schedule", "update_statement_schedule")},
    "resolve_refund": {"path.id": "refunds"},
    "create_payout": {"body.beneficiary.document.number": "documents", "body.to.pix_key.key": "pix_keys"},
    "find_payout": {"path.id": "payouts"},
    "approve_payout": {"path.id": "approvable_payouts"},
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
    "list_events": {"query.object_id": "objects"},
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
    for operation, parameters in PARAMETERS.items():
        lines += ["[[operations]]", f'include-operation-id = "{operation}"', "[operations.parameters]"]
        for parameter, name in parameters.items():
            probability = 1.0 if name in ALWAYS else 0.8
            lines.append(f'"{parameter}" = {{ dictionary = "{name}", probability = {probability} }}')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"contract: failed: {failure}")
