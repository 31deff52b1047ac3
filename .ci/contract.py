"""Do the answers agree with the OpenAPI document? schemathesis asks: `make contract`."""

import base64
import collections
import hmac
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
from datetime import datetime

from bundle import CHARGE, ROOT, Bundle, request
from cache import virtual_environment

SEED = "20240601"
EXAMPLES = "12"
OURS = {"X-Requested-With": "trilho"}
# Every check of schemathesis but these.
CHECKS_OFF = [
    # Rules a schema cannot hold: check digits, "in the future", cursors of an earlier page.
    "positive_data_acceptance",
]


def main():
    schemathesis = virtual_environment("venv", ROOT / ".ci/requirements.txt") / "bin/schemathesis"
    with tempfile.TemporaryDirectory(prefix="trilho-contract-") as directory, Bundle(directory) as bundle:
        ana, bruno = bundle.demo["moderators"]
        carla = {"email": "carla@demo.example", "password": "three-plain-words", "totp_secret": ""}
        moderator = session(bundle.base_url, ana)
        accept(bundle, invited(bundle, moderator, carla["email"]), carla["password"])
        values = known(bundle, moderator, ana, bruno)
        document = pathlib.Path(directory, "openapi.json")
        document.write_text(on_loopback((ROOT / "infra/openapi.json").read_text()))
        # Who calls, who has the authenticator, and what: a session ends with close_session, so that
        # one has a run of its own; only who has no second factor can enrol.
        runs = [
            ("a program", None, bruno, ["--exclude-operation-id", "close_session"]),
            ("a person who leaves", carla, carla, ["--include-operation-id", "close_session"]),
            ("a person who enrols", carla, carla, ["--include-operation-id-regex", "two_factor$"]),
            # Last: it deletes whom and what it finds.
            ("a moderator", ana, ana, ["--exclude-operation-id", "close_session"]),
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
            if run(schemathesis, document, bundle, person, cookie, which) != 0:
                failed.append(name)
        statuses = answered(bundle)
        assert not failed, f"as {' and as '.join(failed)}: see the curl commands above"
    never = [operation for operation, seen in statuses.items() if not any(200 <= status < 300 for status in seen)]
    assert not never, f"nothing was proved about {', '.join(never)}: it never succeeded"
    print("contract: ok, every operation succeeded at least once")


def answered(bundle):
    """The statuses each operation answered with, from the bundle's request log."""
    document = json.loads((ROOT / "infra/openapi.json").read_text())
    paths = document["paths"].items()
    statuses = {f"{method.upper()} {path}": collections.Counter() for path, item in paths for method in item}
    while not bundle.lines.empty():
        line = re.match(r"(\d{3}) (\S+) +(\S+) ", bundle.lines.get() or "")
        if line:
            statuses[f"{line[2]} {line[3]}"][int(line[1])] += 1
    for operation, seen in statuses.items():
        print(f"  {operation:<45}", *[f"{status}: {count}" for status, count in sorted(seen.items())])
    return statuses


def on_loopback(document):
    """The document as it holds on http loopback, where a browser takes no `__Host-` cookie."""
    assert '"__Host-trilho"' in document, "the session's cookie has another name; adapt contract.py"
    return document.replace('"__Host-trilho"', '"trilho"')


def run(schemathesis, document, bundle, person, cookie, which):
    """One run; schemathesis.toml lies beside the document."""
    command = [schemathesis, "run", document, "--url", bundle.base_url, *which]
    command += ["--workers", "1", "--seed", SEED, "--max-examples", EXAMPLES, "--max-failures", "30"]
    command += ["--exclude-checks", ",".join(CHECKS_OFF), "--header", "X-Requested-With: trilho"]
    command += ["--continue-on-failure", "--warnings", "off", "--generation-database", "none", "--no-color"]
    # The credentials are of a bundle that is gone in a minute; hidden, nothing could be repeated.
    command += ["--output-sanitize", "false"]
    hooks = {"SCHEMATHESIS_HOOKS": "contract_hooks", "PYTHONPATH": str(ROOT / ".ci"), "NO_PROXY": "127.0.0.1"}
    story = {"TRILHO_URL": bundle.base_url, "TRILHO_PERSON": json.dumps(person), "TRILHO_COOKIE": cookie}
    with subprocess.Popen(command, cwd=document.parent, env=os.environ | hooks | story, stdin=subprocess.DEVNULL) as st:
        try:
            return st.wait(timeout=300)
        except BaseException:
            st.terminate()
            raise


def code(secret, now):
    """RFC 6238, as an authenticator does."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(now) // 30), "sha1")
    place = digest[-1] & 15
    return f"{(struct.unpack_from('>I', digest, place)[0] & 0x7FFFFFFF) % 1_000_000:06}"


def fresh_code(bundle_url, secret, seconds=30):
    """Each code works once; moving the clock is waiting for the next."""
    _, _, answer = request(f"{bundle_url}/local/clock", "POST", None, {"advance_seconds": seconds})
    return code(secret, datetime.fromisoformat(json.loads(answer)["now"]).timestamp())


def session(base_url, person):
    """The headers of a person who logs in."""
    body = {"email": person["email"], "password": person["password"]}
    if person["totp_secret"]:
        body["totp_code"] = fresh_code(base_url, person["totp_secret"])
    status, headers, answer = request(f"{base_url}/v1/sessions", "POST", OURS, body)
    assert status == 201, answer
    return {"Cookie": headers["Set-Cookie"].split(";")[0]} | OURS


def invited(bundle, moderator, email):
    body = {"name": "Somebody", "email": email, "kind": "human"}
    status, answer = bundle.call("POST", "/v1/users", body, moderator)
    assert status == 201, answer
    return answer


def accept(bundle, user, password):
    path = f"/v1/invitations/{user['invitation']['token']}/accept"
    status, answer = bundle.call("POST", path, {"password": password}, OURS)
    assert status == 200, answer


def known(bundle, moderator, person, login):
    """Things that exist, so that more than 404 is seen."""

    def made(path, body, headers):
        status, answer = bundle.call("POST", path, body, headers)
        assert status == 201, answer
        return answer

    def key(user):
        code = {"Two-Factor-Code": fresh_code(bundle.base_url, person["totp_secret"])}
        return made(f"/v1/users/{user}/api-keys", {"name": "known", "ip_allowlist": ["127.0.0.1"]}, moderator | code)

    charges = [made("/v1/charges", CHARGE, bundle.key | {"Idempotency-Key": f"known-{n}"}) for n in range(40)]
    programs = [made("/v1/users", {"name": "Program", "kind": "api"}, moderator)["id"] for _ in range(5)]
    people = [invited(bundle, moderator, f"person-{n}@demo.example") for n in range(5)]
    return {
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


PLACES = {
    "create_charge": {"body.payer.document.number": "documents"},
    "show_pix_location": {"path.location": "locations"},
    "accept_invitation": {"path.token": "invitations"},
    "open_session": {"body.email": "emails", "body.password": "passwords"},
    "create_api_key": {"path.id": "users", "body.ip_allowlist[*]": "addresses"},
    "replace_ip_allowlist": {"path.id": "keys", "body.ip_allowlist[*]": "addresses"},
    "reset_two_factor": {"path.id": "people"},
    **{name: {"path.id": "charges"} for name in ("find_charge", "cancel_charge", "show_qr_code", "pay_charge")},
    **{name: {"path.id": "users"} for name in ("find_user", "update_user", "delete_user")},
    **{name: {"path.id": "keys"} for name in ("find_api_key", "rotate_api_key", "delete_api_key")},
}


def toml(values, credential):
    """schemathesis.toml; strings and lists are written as in JSON."""
    lines = []
    for scheme, parts in credential.items():
        lines += [f"[auth.openapi.{scheme}]", *[f"{name} = {json.dumps(value)}" for name, value in parts.items()]]
    for name, some in values.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(some)}"]
    for operation, places in PLACES.items():
        lines += ["[[operations]]", f'include-operation-id = "{operation}"', "[operations.parameters]"]
        lines += [f'"{place}" = {{ dictionary = "{name}", probability = 0.8 }}' for place, name in places.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"contract: failed: {failure}")
