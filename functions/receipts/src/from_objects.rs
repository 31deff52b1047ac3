//! From stored objects to receipts: the one place that knows what each object says of its payer and payee.

use brazil::EndToEndId;
use domain::account::{Account, Stage};
use domain::charge::{Charge, ChargeStatus, Refund, RefundStatus};
use domain::kernel::{MethodKind, StatusChange};
use domain::network::Recipient;
use domain::payout::{Payout, PayoutDestination, PayoutMethod, PayoutStatus};
use jiff::Timestamp;
use receipt::{Party, Receipt, ReceiptMethod, ReceiptState, ReceiptSubject};

/// Returns the receipt of a payout as it is at `now`.
pub(crate) fn of_payout(
    payout: Payout,
    account: &Account,
    stage: Stage,
    now: Timestamp,
) -> Receipt {
    let payout = payout.as_of(now);
    let id = payout.submission.as_ref().and_then(|submission| submission.end_to_end_id.as_ref());
    let returned = payout.returned_amount_cents;
    let state = match payout.status {
        PayoutStatus::AwaitingFunds | PayoutStatus::AwaitingApproval | PayoutStatus::InReview => {
            ReceiptState::Waiting
        }
        PayoutStatus::Scheduled => ReceiptState::Scheduled,
        PayoutStatus::Processing => ReceiptState::Processing,
        PayoutStatus::Paid => ReceiptState::after_payment(payout.amount_cents, returned),
        PayoutStatus::Returned => ReceiptState::Returned,
        PayoutStatus::Rejected | PayoutStatus::Cancelled => ReceiptState::NotMade,
    };
    let history = &payout.status_history;
    Receipt {
        transaction: ReceiptSubject::Payout(payout.id),
        account_id: payout.account_id,
        stage,
        method: match payout.method {
            PayoutMethod::Pix => ReceiptMethod::Pix,
            PayoutMethod::Ted => ReceiptMethod::Ted,
        },
        state,
        state_at: last_change(history).unwrap_or(payout.created_at),
        amount_cents: payout.amount_cents,
        returned_amount_cents: returned,
        paid_at: first_change(history, &[PayoutStatus::Paid]),
        scheduled_for: payout.scheduled_for.filter(|_| state == ReceiptState::Scheduled),
        // The end-to-end id of a Pix starts with the institution of its payer.
        payer: at_institution(of_account(account), id),
        payee: of_beneficiary(&payout),
        end_to_end_id: id.map(ToString::to_string),
        original_end_to_end_id: None,
        txid: None,
        charge_id: None,
        reference: payout.reference.as_deref().map(receipt_text),
        description: payout.description.as_deref().map(receipt_text),
    }
}

/// Returns the receipt of a charge as it is at `now`.
pub(crate) fn of_charge(
    charge: Charge,
    account: &Account,
    stage: Stage,
    now: Timestamp,
) -> Receipt {
    let charge = charge.as_of(now);
    let returned = charge.refunded_amount_cents.saturating_add(charge.returned.amount_cents);
    let paid = charge.paid_amount_cents;
    let state = match charge.status {
        ChargeStatus::Registering
        | ChargeStatus::Authorizing
        | ChargeStatus::Authorized
        | ChargeStatus::Pending
        | ChargeStatus::Cancelling => ReceiptState::Waiting,
        // The acquirer reviews a card before it captures anything.
        ChargeStatus::InReview if charge.method.card().is_some() => ReceiptState::Waiting,
        ChargeStatus::InReview => ReceiptState::InReview,
        // The notice of a boleto is not money.
        ChargeStatus::Paid if charge.paid_by() == MethodKind::Boleto => ReceiptState::Waiting,
        ChargeStatus::Paid | ChargeStatus::Credited => ReceiptState::after_payment(paid, returned),
        ChargeStatus::Refused
        | ChargeStatus::Declined
        | ChargeStatus::Rejected
        | ChargeStatus::Cancelled
        | ChargeStatus::Expired => ReceiptState::NotMade,
    };
    let history = &charge.status_history;
    let paid_at = charge.paid_at();
    // To a payer, a paid charge and a credited one are the same, so its time is that of the payment.
    let state_at = paid_at.filter(|_| state.has_receipt()).or_else(|| last_change(history));
    let id = charge.method.end_to_end_id();
    Receipt {
        transaction: ReceiptSubject::Charge(charge.id),
        account_id: charge.account_id,
        stage,
        method: of_method(charge.paid_by()),
        state,
        state_at: state_at.unwrap_or(charge.created_at),
        amount_cents: if paid > 0 { paid } else { charge.amount_cents },
        returned_amount_cents: returned,
        paid_at: paid_at.filter(|_| state.is_paid()),
        scheduled_for: None,
        payer: of_payer(&charge),
        payee: of_account(account),
        end_to_end_id: id.map(ToString::to_string),
        original_end_to_end_id: None,
        txid: charge.method.pix().map(|pix| pix.txid.to_string()),
        charge_id: None,
        reference: charge.reference.as_deref().map(receipt_text),
        description: charge.description.as_deref().map(receipt_text),
    }
}

/// Returns the receipt of a refund.
pub(crate) fn of_refund(refund: &Refund, account: &Account, stage: Stage) -> Receipt {
    let history = &refund.status_history;
    let original = refund.submission.end_to_end_id.as_ref();
    let payee = refund.counterparty.as_ref().map_or_else(Party::default, |party| {
        Party::named(&party.name).with_masked_document(party.document_type, &party.document_masked)
    });
    Receipt {
        transaction: ReceiptSubject::Refund(refund.id),
        account_id: refund.account_id,
        stage,
        method: of_method(refund.method),
        state: match refund.status {
            RefundStatus::Processing => ReceiptState::Processing,
            RefundStatus::Paid => ReceiptState::Paid,
            RefundStatus::Rejected => ReceiptState::NotMade,
        },
        state_at: last_change(history).unwrap_or(refund.created_at),
        amount_cents: refund.amount_cents,
        returned_amount_cents: 0,
        paid_at: first_change(history, &[RefundStatus::Paid]),
        scheduled_for: None,
        payer: at_institution(of_account(account), refund.return_id.as_ref()),
        // The money goes back to the institution that sent it.
        payee: at_institution(payee, original),
        end_to_end_id: refund.return_id.as_ref().map(ToString::to_string),
        original_end_to_end_id: original.map(ToString::to_string),
        txid: None,
        charge_id: Some(refund.charge_id),
        reference: refund.reference.as_deref().map(receipt_text),
        description: refund.reason.as_deref().map(receipt_text),
    }
}

fn of_account(account: &Account) -> Party {
    Party::named(&account.name).with_merchant_name(&account.merchant.name)
}

/// Returns who paid: the payer of the payment, or else the payer that was asked, unless the network said that
/// another person paid. Then only what it said is shown.
fn of_payer(charge: &Charge) -> Party {
    let paid = charge.payment.as_ref().map(|payment| &payment.payer);
    let reported = paid.map(|payer| (payer.name.as_deref(), payer.document.as_ref()));
    let confirmed =
        charge.confirmed_payer().map(|payer| (Some(payer.name.as_str()), Some(&payer.document)));
    let whole = reported.filter(|(name, document)| name.is_some() && document.is_some());
    let (name, document) = whole.or(confirmed).or(reported).unwrap_or_default();
    let party = name.map_or_else(Party::default, Party::named);
    let party = match document {
        Some(document) => party.with_document(document),
        None => party,
    };
    match paid.and_then(|payer| Some((payer.ispb.as_deref()?, payer.bank_name.as_deref()))) {
        Some((ispb, bank_name)) => party.with_institution(ispb, bank_name),
        None => at_institution(party, charge.method.end_to_end_id()),
    }
}

/// Returns who gets the money. For a Pix key that is the owner whom the directory named, as soon as Trilho
/// asked, because the caller can write any name.
fn of_beneficiary(payout: &Payout) -> Party {
    let owner = payout.recipient.as_ref().filter(|_| payout.to.pix_key().is_some());
    let named = match (owner, &payout.beneficiary) {
        (Some(Recipient { party, .. }), _) => {
            let known = Party::named(&party.name)
                .with_masked_document(party.document_type, &party.document_masked);
            match &party.ispb {
                Some(ispb) => known.with_institution(ispb, party.bank_name.as_deref()),
                None => known,
            }
        }
        (None, Some(beneficiary)) => {
            Party::named(&beneficiary.name).with_document(&beneficiary.document)
        }
        (None, None) => Party::default(),
    };
    match &payout.to {
        PayoutDestination::PixKey(key) => named.with_pix_key(key),
        PayoutDestination::BankAccount(account) => named.with_account(account),
    }
}

fn at_institution(party: Party, id: Option<&EndToEndId>) -> Party {
    match id {
        Some(id) => party.with_ispb(id.ispb()),
        None => party,
    }
}

const fn of_method(method: MethodKind) -> ReceiptMethod {
    match method {
        MethodKind::Pix => ReceiptMethod::Pix,
        MethodKind::Boleto => ReceiptMethod::Boleto,
        MethodKind::Card => ReceiptMethod::Card,
    }
}

fn last_change<S>(history: &[StatusChange<S>]) -> Option<Timestamp> {
    history.last().map(|change| change.at)
}

fn first_change<S: PartialEq>(history: &[StatusChange<S>], any: &[S]) -> Option<Timestamp> {
    history.iter().find(|change| any.contains(&change.status)).map(|change| change.at)
}

fn receipt_text(text: &str) -> String {
    receipt::clean(text)
}
