"""Hooks of schemathesis: correct two-factor codes, waiting, new idempotency keys, and URLs that stay on
this machine."""

import itertools
import json
import os
import re
import uuid

import schemathesis

from bundle import request
from contract import fresh_code, session

URL = os.environ["TRILHO_URL"]
PERSON = json.loads(os.environ["TRILHO_PERSON"])
COOKIE = os.environ["TRILHO_COOKIE"]
RECEIVER = os.environ["TRILHO_RECEIVER"]
# Longest delay of the next attempt after wrong codes and passwords: 15 minutes.
DELAY_SECONDS_MAX = 15 * 60
IDEMPOTENCY_KEY = re.compile(r"[!-+\--~]([ -+\--~]{0,253}[!-+\--~])?")
KEYS_SEEN = itertools.count()
# A code as people write it: the pattern of the document.
CODE = re.compile(r"[ -]*[0-9]([ -]*[0-9]){5}[ -]*")
# The longest `lookup_id` of the document.
LOOKUP_ID_MAX = 2000
LOOKUPS_SEEN = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Replaces a code of the right form by the right code, a used key by a new one, and a URL of other
    hosts by one that is refused."""
    key = (case.headers or {}).get("Idempotency-Key")
    # The generator often uses "0", and a second body with the same key is refused. One in five is kept.
    if isinstance(key, str) and IDEMPOTENCY_KEY.fullmatch(key) and next(KEYS_SEEN) % 5:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if COOKIE and {"api_key": []} in case.operation.definition.raw["security"]:
        # A write with a session needs the header, but one with an API key does not, so the document cannot
        # require it.
        case.headers = case.headers or {}
        case.headers.setdefault("X-Requested-With", "trilho")
    name, body = operation(case), case.body if isinstance(case.body, dict) else {}
    url = body.get("url")
    if isinstance(url, str) and "://" in url and not url.startswith(RECEIVER):
        # Some phases ignore the dictionary, and no event may go to a generated URL.
        body["url"] = "https://unreachable.invalid/"
    query = case.query if isinstance(case.query, dict) else {}
    if name == "list_events" and "after" in query and query.get("order", "desc") == "desc":
        # A position needs the order, which the document cannot say.
        query["order"] = "asc"
    lines = body.get("payouts") if isinstance(body.get("payouts"), list) else [body]
    for payout in filter(lambda line: isinstance(line, dict), lines):
        lookup_id = payout.get("lookup_id")
        # No generated look-up exists, so it refuses the payout. One in five is kept.
        if isinstance(lookup_id, str) and 1 <= len(lookup_id) <= LOOKUP_ID_MAX and next(LOOKUPS_SEEN) % 5:
            del payout["lookup_id"]
    if name == "start_two_factor" and isinstance(body.get("password"), str):
        body["password"] = PERSON["password"]
    if name == "replace_password" and isinstance(body.get("current_password"), str):
        body["current_password"] = PERSON["password"]
    if not PERSON["totp_secret"]:
        return  # Not enrolled yet.
    if COOKIE and six_digits((case.headers or {}).get("Two-Factor-Code")):
        case.headers["Two-Factor-Code"] = right_code()
    if name == "confirm_two_factor" and six_digits(body.get("code")):
        body["code"] = right_code()
    if name == "open_session" and (body.get("email"), body.get("password")) == (PERSON["email"], PERSON["password"]):
        body["totp_code"] = right_code(DELAY_SECONDS_MAX)


@schemathesis.hook
def after_call(context, case, response):
    if operation(case) == "replay_webhook_endpoint" and response.status_code == 409:
        # The scheduled jobs end the running replay.
        request(f"{URL}/local/clock", "POST", None, {"advance_seconds": 0})
    if operation(case) == "replace_password" and response.status_code == 204:
        PERSON["password"] = case.body["new_password"]
    if operation(case) == "start_two_factor" and response.status_code == 201:
        PERSON["totp_secret"] = response.json()["secret"]
    if response.status_code == 403 and "Two-Factor-Code" in response.request.headers and COOKIE:
        # Wrong codes cause a delay, in which every answer is 429; a login ends it.
        session(URL, PERSON)
        keep_session()


def right_code(seconds=30):
    """Returns the authenticator's next code."""
    code = fresh_code(URL, PERSON["totp_secret"], seconds)
    keep_session()
    return code


def keep_session():
    """Uses the session, which ends after 30 minutes without use; a refused request is no use."""
    if COOKIE:
        request(f"{URL}/v1/me", headers={"Cookie": COOKIE})


def operation(case):
    return case.operation.definition.raw["operationId"]


def six_digits(text):
    return isinstance(text, str) and CODE.fullmatch(text) is not None
