//! What an early payment costs, in its API form, and on which terms.

use domain::account::Account;
use domain::charge::Charge;
use domain::kernel::{Code, Error};
use domain::receivable::{AnticipationOffer, AnticipationPart, AnticipationTerms};
use jiff::Timestamp;
use rails::Rails;
use schemars::JsonSchema;
use serde::Serialize;

/// What the early payment of instalments costs.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AnticipationOffer")]
pub struct AnticipationView {
    /// Time at which the acquirer pays, if it agrees now.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    settles_at: Timestamp,
    /// Price of 30 days in hundredths of a per cent; 150 is 1.5 %.
    monthly_basis_points: u64,
    /// Sum of the amounts, in cents.
    amount_cents: u64,
    /// Sum of the fees of the early payment, in cents. The fees of the charge come beside them.
    fee_cents: u64,
    /// Instalments, first to last.
    installments: Vec<AnticipationPartView>,
}

/// One instalment that can be paid early.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AnticipationPart")]
struct AnticipationPartView {
    /// Number of the instalment.
    number: u8,
    /// Amount that is open, in cents.
    amount_cents: u64,
    /// Fee of the early payment, in cents.
    fee_cents: u64,
}

impl AnticipationView {
    pub(crate) fn of(offer: &AnticipationOffer, terms: &AnticipationTerms) -> Self {
        let part = |part: &AnticipationPart| AnticipationPartView {
            number: part.number,
            amount_cents: part.amount_cents,
            fee_cents: part.fee_cents,
        };
        Self {
            settles_at: offer.settles_at,
            monthly_basis_points: terms.monthly_basis_points,
            amount_cents: offer.amount_cents(),
            fee_cents: offer.fee_cents(),
            installments: offer.parts.iter().map(part).collect(),
        }
    }
}

/// Returns the terms of a sale for early payments.
///
/// # Errors
/// `charge_state` if the charge is not by card; `rail_missing` if the account has no price for early payments, or
/// the acquirer of the sale does not pay early.
pub(crate) fn terms(
    (account, charge): (&Account, &Charge),
    rails: &Rails,
    now: Timestamp,
) -> Result<AnticipationTerms, Error> {
    charge.require_paid_card(now)?;
    let acquirer = charge.method.card().and_then(|card| card.provider.as_deref());
    let settles_at = rails.early_payment_at(acquirer, now);
    let price = account.fees.anticipation;
    let terms = settles_at.zip(price).map(|(settles_at, price)| AnticipationTerms {
        monthly_basis_points: price.monthly_basis_points,
        settles_at,
    });
    let detail =
        "early payments of instalments are not offered to this account; ask your account manager";
    terms.ok_or_else(|| Error::refused(Code::RailMissing, detail))
}
