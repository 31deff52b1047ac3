//! Charges in the sandbox. The payer's document or the amount decides the outcome, always the same.

use domain::charge::{Charge, ChargeStatus, ChargeUpdate};
use domain::kernel::{Code, Error, Failure, Moment};
use jiff::{SignedDuration, Timestamp};
use rails::{ChargeFuture, ChargeRail, NetworkStatus};
use schemars::JsonSchema;
use serde::Serialize;

use crate::boletos::pay_boleto;
use crate::payments::{
    ANOTHER_PAYER, EXACT, NO_TXID, SandboxPayment, TOO_LITTLE, TOO_MUCH, TWICE, UNKNOWN_TXID,
};
use crate::sandbox_rail::SandboxRail;

/// Trigger of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum ChargeTrigger {
    /// The status of the charge when the payment arrives.
    Status(ChargeStatus),
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
    /// Code of the SPI for a rejection.
    pub network_code: Option<&'static str>,
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
    /// Payments that arrive after `POST /v1/sandbox/charges/{id}/pay`.
    pub payments: &'static [SandboxPayment],
    /// What becomes of the first payment, if it pays the charge.
    pub steps: &'static [ChargeStoryStep],
    /// Description of the scenario.
    pub description: &'static str,
}

const fn step(
    after_seconds: u32,
    outcome: ChargeOutcome,
    reason: Option<&'static str>,
) -> ChargeStoryStep {
    ChargeStoryStep { after_seconds, outcome, reason, network_code: None }
}

/// Returns a rejection with the code of the SPI, and the reason that follows from it.
const fn rejected(
    after_seconds: u32,
    network_code: &'static str,
    reason: &'static str,
) -> ChargeStoryStep {
    let outcome = ChargeOutcome::Rejected;
    ChargeStoryStep {
        after_seconds,
        outcome,
        reason: Some(reason),
        network_code: Some(network_code),
    }
}

const PAID: &[ChargeStoryStep] =
    &[step(0, ChargeOutcome::Paid, None), step(0, ChargeOutcome::Credited, None)];

const fn late(
    name: &'static str,
    status: ChargeStatus,
    description: &'static str,
) -> ChargeScenario {
    let trigger = ChargeTrigger::Status(status);
    let (refused_at_creation, payments, steps) = (false, EXACT, PAID);
    ChargeScenario { name, trigger, refused_at_creation, payments, steps, description }
}

const fn of_amount(
    name: &'static str,
    amount_cents: u64,
    payments: &'static [SandboxPayment],
    description: &'static str,
) -> ChargeScenario {
    let trigger = ChargeTrigger::AmountCents(amount_cents);
    let (refused_at_creation, steps) = (false, PAID);
    ChargeScenario { name, trigger, refused_at_creation, payments, steps, description }
}

/// The scenarios of charges; the first match wins. The documents are the ones that integrators of
/// Brazilian payment APIs already have in their test suites.
pub const CHARGE_SCENARIOS: &[ChargeScenario] = &[
    late(
        "paid_after_expiry",
        ChargeStatus::Expired,
        "The payment of an expired charge becomes a credit with the reason paid_after_expiry.",
    ),
    late(
        "paid_after_cancellation",
        ChargeStatus::Cancelled,
        "The payment of a cancelled charge becomes a credit with the reason \
            paid_after_cancellation.",
    ),
    late(
        "paid_again",
        ChargeStatus::Paid,
        "The second payment of a charge becomes a credit with the reason duplicate.",
    ),
    late(
        "paid_again",
        ChargeStatus::Credited,
        "The second payment of a charge becomes a credit with the reason duplicate.",
    ),
    late(
        "paid_again",
        ChargeStatus::InReview,
        "The second payment of a charge becomes a credit with the reason duplicate.",
    ),
    late(
        "paid_again",
        ChargeStatus::Rejected,
        "The second payment of a charge becomes a credit with the reason duplicate.",
    ),
    ChargeScenario {
        name: "refused_at_creation",
        trigger: ChargeTrigger::PayerDocument("76145193026"),
        refused_at_creation: true,
        payments: &[],
        steps: &[],
        description: "The network refuses the charge when it is created.",
    },
    ChargeScenario {
        name: "rejected",
        trigger: ChargeTrigger::PayerDocument("90836247060"),
        refused_at_creation: false,
        payments: EXACT,
        steps: &[
            step(0, ChargeOutcome::InReview, Some("unauthorized_institution")),
            rejected(0, "DS27", "unauthorized_institution"),
        ],
        description: "The network does not allow the payer's institution; it returns the money at \
            once.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::PayerDocument("00741212439"),
        refused_at_creation: false,
        payments: EXACT,
        steps: PAID,
        description: "The network pays and credits the charge at once.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::PayerDocument("58713371126"),
        refused_at_creation: false,
        payments: EXACT,
        steps: PAID,
        description: "The network pays and credits the charge at once.",
    },
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::PayerDocument("59730932395"),
        refused_at_creation: false,
        payments: EXACT,
        steps: PAID,
        description: "The network pays and credits the charge at once.",
    },
    ChargeScenario {
        name: "credited_later",
        trigger: ChargeTrigger::AmountCents(1_001),
        refused_at_creation: false,
        payments: EXACT,
        steps: &[step(0, ChargeOutcome::Paid, None), step(60, ChargeOutcome::Credited, None)],
        description: "The network pays the charge at once and credits it one minute later.",
    },
    ChargeScenario {
        name: "review_approved",
        trigger: ChargeTrigger::AmountCents(1_002),
        refused_at_creation: false,
        payments: EXACT,
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
        payments: EXACT,
        steps: &[
            step(0, ChargeOutcome::InReview, Some("unusual_amount")),
            rejected(300, "FR01", "suspected_fraud"),
        ],
        description: "The network holds the charge for review, rejects it five minutes later and \
            returns the money.",
    },
    of_amount(
        "paid_twice",
        1_011,
        TWICE,
        "The network pays and credits the charge at once. A second payment of the charge arrives \
            one minute later and becomes a credit with the reason duplicate.",
    ),
    of_amount(
        "paid_too_little",
        1_012,
        TOO_LITTLE,
        "The payer pays 100 cents less than the charge. The payment becomes a credit with the \
            reason amount_mismatch, unless the account accepts the difference.",
    ),
    of_amount(
        "paid_too_much",
        1_013,
        TOO_MUCH,
        "The payer pays 100 cents more than the charge. The payment becomes a credit with the \
            reason amount_mismatch, unless the account accepts the difference.",
    ),
    of_amount(
        "paid_without_txid",
        1_014,
        NO_TXID,
        "The payment names no txid and becomes a credit with the reason no_charge.",
    ),
    of_amount(
        "paid_with_unknown_txid",
        1_015,
        UNKNOWN_TXID,
        "The payment names a txid that no charge has, and becomes a credit with the reason no_charge.",
    ),
    of_amount(
        "paid_by_another_payer",
        1_016,
        ANOTHER_PAYER,
        "Comercio Exemplo Ltda pays the charge, and the payment of the charge shows it. If the \
            account demands the same payer, the payment becomes a credit with the reason \
            payer_mismatch.",
    ),
    ChargeScenario {
        name: "paid",
        trigger: ChargeTrigger::Otherwise,
        refused_at_creation: false,
        payments: EXACT,
        steps: PAID,
        description: "The network pays and credits every other charge at once.",
    },
];

/// Returns the scenario of a charge whose payment arrives at `now`.
pub fn charge_scenario(charge: &Charge, now: Timestamp) -> &'static ChargeScenario {
    let matches = |scenario: &&ChargeScenario| match scenario.trigger {
        ChargeTrigger::Status(status) => charge.status_at(now) == status,
        ChargeTrigger::PayerDocument(number) => {
            charge.payer_document().is_some_and(|document| document.number() == number)
        }
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
    if charge_scenario(charge, charge.created_at).refused_at_creation {
        return Err(Error::refused(
            Code::RailRefused,
            "the payment network refused the charge for this payer (sandbox scenario \
             refused_at_creation); use another document",
        ));
    }
    Ok(())
}

/// Returns the status that the network reports when the payer pays the charge by its method. A payer can pay in any
/// state of the charge, as on a real network.
pub fn pay(charge: &Charge, moment: &Moment) -> Result<NetworkStatus<ChargeUpdate>, Error> {
    if let Some(boleto) = charge.method.boleto() {
        return pay_boleto(charge, boleto, moment);
    }
    let scenario = charge_scenario(charge, moment.now);
    let (mut status, mut payments) = (NetworkStatus::default(), scenario.payments.iter());
    let first = payments.next().unwrap_or(&EXACT[0]).report(charge, moment)?;
    for step in scenario.steps {
        let (reason, payment) = (step.reason.unwrap_or("unspecified").to_owned(), first.clone());
        let update = match step.outcome {
            ChargeOutcome::Paid => ChargeUpdate::Paid { payment: payment.into() },
            ChargeOutcome::InReview => {
                ChargeUpdate::UnderReview { payment: payment.into(), reason }
            }
            ChargeOutcome::Credited => ChargeUpdate::Credited,
            ChargeOutcome::Rejected => {
                let network_code = step.network_code.unwrap_or_default();
                ChargeUpdate::Rejected { failure: Failure::of_network(network_code) }
            }
        };
        add(&mut status, step.after_seconds, update, moment);
    }
    for later in payments {
        let payment = later.report(charge, moment)?.into();
        add(&mut status, later.after_seconds, ChargeUpdate::Paid { payment }, moment);
    }
    Ok(status)
}

fn add(
    status: &mut NetworkStatus<ChargeUpdate>,
    after_seconds: u32,
    update: ChargeUpdate,
    moment: &Moment,
) {
    if after_seconds == 0 {
        status.updates.push(update);
    } else {
        let after = SignedDuration::from_secs(i64::from(after_seconds));
        status.announced = Some((moment.now + after, update));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rejection_has_the_reason_of_its_code_in_the_spi() {
        let steps = CHARGE_SCENARIOS.iter().flat_map(|scenario| scenario.steps);
        let rejected: Vec<_> =
            steps.filter(|step| step.outcome == ChargeOutcome::Rejected).collect();
        assert_eq!(rejected.len(), 2);
        for step in rejected {
            let failure = Failure::of_network(step.network_code.expect("a code of the SPI"));
            assert_eq!(step.reason, Some(failure.code.as_str()));
        }
    }
}
