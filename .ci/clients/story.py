"""The story that a client by openapi-python-client plays against the bundle."""

import itertools
import json
import os
from datetime import timedelta, timezone

import client as trilho
from client.api.balance import find_balance
from client.api.charges import create_charge, find_charge, list_charges, show_qr_code
from client.api.payouts import create_payout, find_payout
from client.api.refunds import create_refund, find_refund
from client.api.sandbox import list_scenarios, pay_charge
from client.api.sessions import open_session
from client.api.statement import find_statement
from client.api.transactions import list_transactions
from client.api.users import create_user, list_users
from client.models import (
    BankAccountType,
    ChargePage,
    ChargeStatus,
    Code,
    DocumentType,
    Flaw,
    Method,
    NewBankAccount,
    NewBeneficiary,
    NewCharge,
    NewDestination,
    NewDocument,
    NewPayer,
    NewPayout,
    NewPixKey,
    NewRefund,
    NewSession,
    NewUser,
    PayoutMethod,
    PictureFormat,
    PixKeyType,
    Problem,
    RequestedWith,
    UserKind,
)

URL, LOGIN = os.environ["BASE_URL"], json.loads(os.environ["LOGIN"])
program = trilho.AuthenticatedClient(URL, os.environ["API_KEY"], raise_on_unexpected_status=True)
SAO_PAULO = timezone(timedelta(hours=-3))
keys = (f"python-{number}" for number in itertools.count(1))

DOCUMENT = NewDocument(type_=DocumentType.CPF, number="529.982.247-25")
PAYER = NewPayer(name="Maria Silva", document=DOCUMENT)
BENEFICIARY = NewBeneficiary(name="Maria Silva", document=DOCUMENT)


def equal(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def new_charge(amount_cents, payer=PAYER):
    body = NewCharge(method=Method.PIX, amount_cents=amount_cents, payer=payer)
    return create_charge.sync(client=program, body=body, idempotency_key=next(keys))


def new_payout(destination):
    body = NewPayout(amount_cents=1_000, to=destination, beneficiary=BENEFICIARY)
    return create_payout.sync(client=program, body=body, idempotency_key=next(keys))


charge = new_charge(100_000)
equal(charge.status, ChargeStatus.PENDING)
equal(pay_charge.sync(charge.id, client=program).status, ChargeStatus.CREDITED)
equal(find_charge.sync(charge.id, client=program).method, Method.PIX)
picture = show_qr_code.sync(charge.id, client=program, format_=PictureFormat.PNG)
equal(picture.payload.read(4), b"\x89PNG")

refused = new_charge(0, NewPayer(name="", document=DOCUMENT))
assert isinstance(refused, Problem), refused
equal(refused.code, Code.INVALID_REQUEST)
found = {violation.field: violation.code for violation in refused.violations}
equal(found, {"amount_cents": Flaw.OUT_OF_RANGE, "payer.name": Flaw.WRONG_LENGTH})

page = list_charges.sync(client=program, status=ChargeStatus.CREDITED, limit=1)
assert isinstance(page, ChargePage), page
equal([row.id for row in page.data], [charge.id])

refund = create_refund.sync(charge.id, client=program, body=NewRefund(amount_cents=1_000), idempotency_key=next(keys))
equal(find_refund.sync(refund.id, client=program).charge_id, charge.id)

by_key = new_payout(NewDestination(pix_key=NewPixKey(type_=PixKeyType.EMAIL, key="maria@example.com")))
equal((by_key.method, by_key.to.pix_key.type_), (PayoutMethod.PIX, PixKeyType.EMAIL))
for account in list_scenarios.sync(client=program).bank_accounts:
    to = NewBankAccount(
        bank_code=account.bank_code, branch=account.branch, number=account.number, type_=account.type_
    )
    payout = new_payout(NewDestination(bank_account=to))
    equal(find_payout.sync(payout.id, client=program).method, account.method)
    equal(payout.to.bank_account.type_, BankAccountType(account.type_))

equal(find_balance.sync(client=program).currency, "BRL")
day = charge.created_at.astimezone(SAO_PAULO).date()
assert find_statement.sync(client=program, from_=day, until=day).data, "the statement is empty"
kinds = {row.type_ for row in list_transactions.sync(client=program).data}
equal(kinds, {"charge", "refund", "payout"})

# A person: the cookie of a session, and the header that writes with a session need.
login = open_session.sync_detailed(client=trilho.Client(URL), body=NewSession.from_dict(LOGIN))
name, _, token = login.headers["set-cookie"].split(";")[0].partition("=")
person = trilho.Client(URL, cookies={name: token})
user = create_user.sync(
    client=person, body=NewUser(name="Shop", kind=UserKind.API), x_requested_with=RequestedWith.TRILHO
)
assert user.id in [row.id for row in list_users.sync(client=person).data], user
