//! Charges that a credit may belong to.
use crate::charge::{Charge, ChargeStatus};
use crate::credit::Credit;
use crate::kernel::{ChargeId, string_enum};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Most suggestions of a credit.
pub const SUGGESTIONS_MAX: usize = 10;

string_enum! {
    /// Reason to suggest a charge.
    SuggestionReason {
        /// The payment names the charge by its txid.
        Txid = "txid",
        /// Charge and payment have the same amount.
        Amount = "amount",
        /// The payer of the charge paid.
        Document = "document",
    }
}

/// A charge that a credit may belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChargeSuggestion {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Status of the charge.
    pub status: ChargeStatus,
    /// Amount that the payer was asked to pay, in cents.
    pub amount_cents: u64,
    /// Caller's own id of the charge.
    pub reference: Option<String>,
    /// Reasons to suggest the charge.
    pub reasons: Vec<SuggestionReason>,
}

/// Returns the charges that the credit may belong to, the most likely first: those with the most
/// reasons, and the newest of them. Only charges that a credit can be matched to are suggested.
pub fn suggestions(credit: &Credit, charges: &[Charge], now: Timestamp) -> Vec<ChargeSuggestion> {
    let report = &credit.report;
    let reasons = |charge: &Charge| {
        let document = report.payer.document.as_ref();
        let checks = [
            (charge.is_named_by(report), SuggestionReason::Txid),
            (charge.payable_cents(report.paid_at) == report.amount_cents, SuggestionReason::Amount),
            (document.is_some() && document == charge.payer_document(), SuggestionReason::Document),
        ];
        checks.into_iter().filter_map(|(holds, reason)| holds.then_some(reason)).collect()
    };
    let suggest = |charge: &Charge| ChargeSuggestion {
        charge_id: charge.id,
        status: charge.status_at(now),
        amount_cents: charge.amount_cents,
        reference: charge.reference.clone(),
        reasons: reasons(charge),
    };
    let open = charges.iter().filter(|charge| charge.can_be_matched());
    let mut found: Vec<_> = open.map(suggest).filter(|one| !one.reasons.is_empty()).collect();
    found.sort_by_key(|one| Reverse((one.reasons.len(), one.charge_id)));
    found.dedup_by_key(|one| one.charge_id);
    found.truncate(SUGGESTIONS_MAX);
    found
}
