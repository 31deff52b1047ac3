//! The sandbox network: the payer's document or the amount decides what happens, always the same.

mod payouts;
mod refunds;
mod story;

use brazil::{EndToEndId, EndToEndIdKind};
use domain::charge::{Charge, ChargeUpdate, PaymentId};
use domain::kernel::{Code, Error, Moment};
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Serialize;

use crate::NetworkStatus;

pub use payouts::{
    DIRECTORY, DirectoryStory, PAYOUT_SCENARIOS, PayoutOutcome, PayoutScenario, PayoutStoryStep,
    PayoutTrigger, outcome_status, payout_scenario,
};
pub use refunds::{
    REFUND_SCENARIOS, RefundOutcome, RefundScenario, RefundStoryStep, RefundTrigger,
    refund_scenario, refund_update,
};
pub use story::SandboxSubmission;

/// The sandbox as a network that carries out orders.
#[derive(Debug)]
pub struct SandboxRail;

/// The participant number in the sandbox's end-to-end ids; no institution has it.
pub(crate) const ISPB: &str = "99999999";

/// What leads to an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum ChargeTrigger {
    /// The payer's document.
    PayerDocument(&'static str),
    /// The amount.
    AmountCents(u64),
    /// Everything else.
    Otherwise,
}

/// What the network does when the payer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChargeOutcome {
    /// The payment is confirmed.
    Paid,
    /// The money is the recipient's.
    Credited,
    /// The network holds the money.
    InReview,
    /// The money goes back.
    Rejected,
}

/// One step after the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChargeStoryStep {
    /// Seconds after the payment.
    pub after_seconds: u32,
    /// What happens.
    pub outcome: ChargeOutcome,
    /// Why, in a word.
    pub reason: Option<&'static str>,
}

/// One deterministic story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChargeScenario {
    /// Its name.
    pub name: &'static str,
    /// What leads to it.
    pub trigger: ChargeTrigger,
    /// Whether creating the charge is refused (422 `rail_refused`).
    pub refused_at_creation: bool,
    /// What happens after `POST /v1/sandbox/charges/{id}/pay`.
    pub steps: &'static [ChargeStoryStep],
    /// In words.
    pub description: &'static str,
}

const fn step(
    after_seconds: u32,
    outcome: ChargeOutcome,
    reason: Option<&'static str>,
) -> ChargeStoryStep {
    ChargeStoryStep { after_seconds, outcome, reason }
}

const PAID: &[ChargeStoryStep] =
    &[step(0, ChargeOutcome::Paid, None), step(0, ChargeOutcome::Credited, None)];

/// All stories, the first match wins. The documents are the ones integrators of Brazilian
/// payment APIs already have in their test suites.
pub const SCENARIOS: &[ChargeScenario] = &[
    ChargeScenario {
        name: "refused_at_creation",
        trigger: ChargeTrigger::PayerDocument("76145193026"),
        refused_at_creation: true,
        steps: &[],
        description: "The network refuses the charge when it is created.",
    },
    ChargeScenario {
        name: "rejected",
        trigger: ChargeTrigger::PayerDocument("90836247060"),
        refused_at_creation: false,
        steps: &[
            step(0, ChargeOutcome::InReview, Some("unauthorized_institution")),
            step(0, ChargeOutcome::Rejected, Some("unauthorized_institution")),
        ],
        description: "The payer's institution may not pay; the money goes back at once.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::PayerDocument("00741212439"),
        refused_at_creation: false,
        steps: PAID,
        description: "Paid and credited at once.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::PayerDocument("58713371126"),
        refused_at_creation: false,
        steps: PAID,
        description: "Paid and credited at once.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::PayerDocument("59730932395"),
        refused_at_creation: false,
        steps: PAID,
        description: "Paid and credited at once.",
    },
    ChargeScenario {
        name: "credited_later",
        trigger: ChargeTrigger::AmountCents(1_001),
        refused_at_creation: false,
        steps: &[step(0, ChargeOutcome::Paid, None), step(60, ChargeOutcome::Credited, None)],
        description: "Paid at once, credited a minute later.",
    },
    ChargeScenario {
        name: "review_approved",
        trigger: ChargeTrigger::AmountCents(1_002),
        refused_at_creation: false,
        steps: &[
            step(0, ChargeOutcome::InReview, Some("unusual_amount")),
            step(300, ChargeOutcome::Credited, None),
        ],
        description: "Held for review, approved five minutes later.",
    },
    ChargeScenario {
        name: "review_rejected",
        trigger: ChargeTrigger::AmountCents(1_003),
        refused_at_creation: false,
        steps: &[
            step(0, ChargeOutcome::InReview, Some("unusual_amount")),
            step(300, ChargeOutcome::Rejected, Some("suspected_fraud")),
        ],
        description: "Held for review, rejected five minutes later; the money goes back.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::Otherwise,
        refused_at_creation: false,
        steps: PAID,
        description: "Every other document and amount: paid and credited at once.",
    },
];

/// The story of a charge.
pub fn scenario(charge: &Charge) -> &'static ChargeScenario {
    let leads_here = |scenario: &&ChargeScenario| match scenario.trigger {
        ChargeTrigger::PayerDocument(number) => charge.payer.document.number() == number,
        ChargeTrigger::AmountCents(amount_cents) => charge.amount_cents == amount_cents,
        ChargeTrigger::Otherwise => true,
    };
    SCENARIOS.iter().find(leads_here).expect("the last scenario takes everything")
}

/// Registers a charge.
pub(crate) fn open(charge: &Charge) -> Result<(), Error> {
    if scenario(charge).refused_at_creation {
        return Err(Error::refused(
            Code::RailRefused,
            "the payment network refused the charge for this payer (sandbox scenario refused_at_creation)",
        ));
    }
    Ok(())
}

/// The payer pays: what the network tells, now and for later.
pub fn pay(charge: &Charge, moment: &Moment) -> Result<NetworkStatus<ChargeUpdate>, Error> {
    let payment_id: PaymentId =
        EndToEndId::mint(EndToEndIdKind::Payment, ISPB, moment.now, &moment.base62(11))
            .map_err(Error::internal)?
            .into();
    let mut status = NetworkStatus::default();
    for step in scenario(charge).steps {
        let reason = step.reason.unwrap_or("unspecified").to_owned();
        let update = match step.outcome {
            ChargeOutcome::Paid => ChargeUpdate::Paid { payment_id: payment_id.clone() },
            ChargeOutcome::InReview => {
                ChargeUpdate::UnderReview { payment_id: payment_id.clone(), reason }
            }
            ChargeOutcome::Credited => ChargeUpdate::Credited,
            ChargeOutcome::Rejected => ChargeUpdate::Rejected { reason },
        };
        if step.after_seconds == 0 {
            status.updates.push(update);
        } else {
            let after = SignedDuration::from_secs(i64::from(step.after_seconds));
            status.announced = Some((moment.now + after, update));
        }
    }
    Ok(status)
}
