//! Charges in the sandbox. The payer's document or the amount decides the outcome, always the same.

use brazil::{EndToEndId, EndToEndIdKind};
use domain::charge::{Charge, ChargeUpdate, PaymentId};
use domain::kernel::{Code, Error, Moment};
use jiff::SignedDuration;
use rails::{ChargeFuture, ChargeRail, NetworkStatus};
use schemars::JsonSchema;
use serde::Serialize;

use crate::sandbox_rail::{ISPB, SandboxRail};

/// Trigger of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum ChargeTrigger {
    /// The payer's document.
    PayerDocument(&'static str),
    /// The amount of the charge, in cents.
    AmountCents(u64),
    /// Every other charge.
    Otherwise,
}

/// Outcome of a payment in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChargeOutcome {
    /// The payment is confirmed.
    Paid,
    /// The money is in the available balance.
    Credited,
    /// The network holds the money for review.
    InReview,
    /// The network returns the money to the payer.
    Rejected,
}

/// One outcome after the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChargeStoryStep {
    /// Time after the payment, in seconds.
    pub after_seconds: u32,
    /// Outcome of the step.
    pub outcome: ChargeOutcome,
    /// Reason in one word.
    pub reason: Option<&'static str>,
}

/// A scenario of the sandbox, always with the same outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChargeScenario {
    /// Name of the scenario.
    pub name: &'static str,
    /// Trigger of the scenario.
    pub trigger: ChargeTrigger,
    /// Whether Trilho refuses the creation of the charge (422 `rail_refused`).
    pub refused_at_creation: bool,
    /// Outcomes after `POST /v1/sandbox/charges/{id}/pay`.
    pub steps: &'static [ChargeStoryStep],
    /// Description of the scenario.
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

/// The scenarios of charges; the first match wins. The documents are the ones that integrators of
/// Brazilian payment APIs already have in their test suites.
pub const CHARGE_SCENARIOS: &[ChargeScenario] = &[
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
        description: "The network does not allow the payer's institution; it returns the money at \
            once.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::PayerDocument("00741212439"),
        refused_at_creation: false,
        steps: PAID,
        description: "The network pays and credits the charge at once.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::PayerDocument("58713371126"),
        refused_at_creation: false,
        steps: PAID,
        description: "The network pays and credits the charge at once.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::PayerDocument("59730932395"),
        refused_at_creation: false,
        steps: PAID,
        description: "The network pays and credits the charge at once.",
    },
    ChargeScenario {
        name: "credited_later",
        trigger: ChargeTrigger::AmountCents(1_001),
        refused_at_creation: false,
        steps: &[step(0, ChargeOutcome::Paid, None), step(60, ChargeOutcome::Credited, None)],
        description: "The network pays the charge at once and credits it one minute later.",
    },
    ChargeScenario {
        name: "review_approved",
        trigger: ChargeTrigger::AmountCents(1_002),
        refused_at_creation: false,
        steps: &[
            step(0, ChargeOutcome::InReview, Some("unusual_amount")),
            step(300, ChargeOutcome::Credited, None),
        ],
        description: "The network holds the charge for review and approves it five minutes later.",
    },
    ChargeScenario {
        name: "review_rejected",
        trigger: ChargeTrigger::AmountCents(1_003),
        refused_at_creation: false,
        steps: &[
            step(0, ChargeOutcome::InReview, Some("unusual_amount")),
            step(300, ChargeOutcome::Rejected, Some("suspected_fraud")),
        ],
        description: "The network holds the charge for review, rejects it five minutes later and \
            returns the money.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::Otherwise,
        refused_at_creation: false,
        steps: PAID,
        description: "The network pays and credits every other charge at once.",
    },
];

/// Returns the scenario of a charge.
pub fn charge_scenario(charge: &Charge) -> &'static ChargeScenario {
    let matches = |scenario: &&ChargeScenario| match scenario.trigger {
        ChargeTrigger::PayerDocument(number) => charge.payer.document.number() == number,
        ChargeTrigger::AmountCents(amount_cents) => charge.amount_cents == amount_cents,
        ChargeTrigger::Otherwise => true,
    };
    CHARGE_SCENARIOS.iter().find(matches).expect("the last scenario matches every charge")
}

impl ChargeRail for SandboxRail {
    fn open<'a>(&'a self, charge: &'a Charge) -> ChargeFuture<'a> {
        Box::pin(std::future::ready(check(charge)))
    }
}

fn check(charge: &Charge) -> Result<(), Error> {
    if charge_scenario(charge).refused_at_creation {
        return Err(Error::refused(
            Code::RailRefused,
            "the payment network refused the charge for this payer (sandbox scenario \
             refused_at_creation); use another document",
        ));
    }
    Ok(())
}

/// Returns the status that the network reports when the payer pays the charge.
pub fn pay(charge: &Charge, moment: &Moment) -> Result<NetworkStatus<ChargeUpdate>, Error> {
    let payment_id: PaymentId =
        EndToEndId::mint(EndToEndIdKind::Payment, ISPB, moment.now, &moment.base62(11))
            .map_err(Error::internal)?
            .into();
    let mut status = NetworkStatus::default();
    for step in charge_scenario(charge).steps {
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
