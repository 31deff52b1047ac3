//! Does a payment match a charge?
use crate::charge::{Charge, ChargeStatus};
use crate::credit::{CreditReason, CreditSettings};
use crate::payment::PaymentReport;
use jiff::Timestamp;

/// Returns why the payment does not pay the charge. Returns `None` if it does. The first reason
/// counts: no charge, the state of the charge, the amount, the payer.
///
/// The time of arrival decides whether a charge has expired, as it does for everything else that
/// changes a charge.
pub fn mismatch(
    report: &PaymentReport,
    charge: Option<&Charge>,
    settings: &CreditSettings,
    now: Timestamp,
) -> Option<CreditReason> {
    let Some(charge) = charge.filter(|charge| charge.is_named_by(report)) else {
        return Some(CreditReason::NoCharge);
    };
    match charge.status_at(now) {
        ChargeStatus::Pending | ChargeStatus::Registering | ChargeStatus::Cancelling => {}
        ChargeStatus::Expired => return Some(CreditReason::PaidAfterExpiry),
        ChargeStatus::Cancelled | ChargeStatus::Refused => {
            return Some(CreditReason::PaidAfterCancellation);
        }
        // No payment names a charge by card.
        ChargeStatus::Authorizing | ChargeStatus::Authorized | ChargeStatus::Declined => {
            return Some(CreditReason::NoCharge);
        }
        ChargeStatus::Paid
        | ChargeStatus::Credited
        | ChargeStatus::InReview
        | ChargeStatus::Rejected => return Some(CreditReason::Duplicate),
    }
    let difference_cents = report.amount_cents.abs_diff(charge.payable_cents(report.paid_at));
    if difference_cents > accepted_cents(charge, settings) {
        return Some(CreditReason::AmountMismatch);
    }
    // A payer without a document could be anybody. A charge that names no payer asks anybody.
    let is_asked = |asked| report.payer.document.as_ref() == Some(asked);
    let same_payer = charge.payer_document().is_none_or(is_asked);
    (settings.same_payer_only && !same_payer).then_some(CreditReason::PayerMismatch)
}

/// Returns the accepted difference between payment and charge, in cents. A bank that rounds fine, interest
/// and discount by another rule gets at most a cent more or less.
fn accepted_cents(charge: &Charge, settings: &CreditSettings) -> u64 {
    settings.accepted_difference_cents.max(u64::from(charge.terms.is_some()))
}
