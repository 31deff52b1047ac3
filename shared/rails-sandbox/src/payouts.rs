//! Payouts in the sandbox. The amount or the Pix key decides the outcome, always the same. The sandbox
//! stores nothing: each response follows from the order and from the number of calls about it.

use domain::kernel::{Error, Failure, FailureCode};
use domain::payout::{PayoutDestination, PayoutUpdate};
use jiff::Timestamp;
use rails::{NetworkStatus, NoResponse, PayoutOrder, PayoutRail, Rail, RailFuture};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sandbox_rail::{ISPB, SandboxRail};
use crate::submission::{self, SandboxSubmission};

/// Trigger of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum PayoutTrigger {
    /// The Pix key of the payout.
    PixKey(&'static str),
    /// The number of the bank account of the payout, with its check digit.
    AccountNumber(&'static str),
    /// The amount of the payout, in cents.
    AmountCents(u64),
    /// Every other payout.
    Otherwise,
}

/// Outcome of a payout in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayoutOutcome {
    /// The network accepted the order.
    Accepted,
    /// The beneficiary has the money.
    Paid,
    /// The network rejects the payout.
    Rejected,
    /// The beneficiary returns the money.
    Returned,
}

/// One outcome after the network accepted the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PayoutStoryStep {
    /// Time after the network accepted the order, in seconds.
    pub after_seconds: u32,
    /// Outcome of the step.
    pub outcome: PayoutOutcome,
    /// Reason for the outcome.
    pub reason: Option<FailureCode>,
    /// Code of the SPI for the reason.
    pub network_code: Option<&'static str>,
}

impl PayoutStoryStep {
    fn failure(&self) -> Option<Failure> {
        self.reason.map(|code| Failure::reported(code, self.network_code.map(str::to_owned)))
    }
}

/// A scenario of the sandbox, always with the same outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PayoutScenario {
    /// Name of the scenario.
    pub name: &'static str,
    /// Trigger of the scenario.
    pub trigger: PayoutTrigger,
    /// Result of the submission to the network.
    pub submission: SandboxSubmission,
    /// Outcomes after the submission.
    pub steps: &'static [PayoutStoryStep],
    /// Description of the scenario.
    pub description: &'static str,
}

const fn step(after_seconds: u32, outcome: PayoutOutcome) -> PayoutStoryStep {
    PayoutStoryStep { after_seconds, outcome, reason: None, network_code: None }
}

/// Returns a step with the code of the SPI, and the reason that follows from it.
const fn failed(
    after_seconds: u32,
    outcome: PayoutOutcome,
    network_code: &'static str,
    reason: FailureCode,
) -> PayoutStoryStep {
    let (reason, network_code) = (Some(reason), Some(network_code));
    PayoutStoryStep { after_seconds, outcome, reason, network_code }
}

const fn answered(
    name: &'static str,
    trigger: PayoutTrigger,
    steps: &'static [PayoutStoryStep],
    description: &'static str,
) -> PayoutScenario {
    PayoutScenario { name, trigger, submission: SandboxSubmission::Answered, steps, description }
}

const PAID: &[PayoutStoryStep] = &[step(0, PayoutOutcome::Paid)];

/// The scenarios of payouts; the first match wins.
pub const PAYOUT_SCENARIOS: &[PayoutScenario] = &[
    answered(
        "account_closed",
        PayoutTrigger::PixKey("closed@sandbox.example"),
        &[failed(0, PayoutOutcome::Rejected, "AC07", FailureCode::AccountClosed)],
        "The network rejects the payout, because the beneficiary's account is closed.",
    ),
    answered(
        "account_blocked",
        PayoutTrigger::PixKey("blocked@sandbox.example"),
        &[failed(0, PayoutOutcome::Rejected, "AC06", FailureCode::AccountBlocked)],
        "The network rejects the payout, because the beneficiary's account is blocked.",
    ),
    answered(
        "account_closed_at_bank",
        PayoutTrigger::AccountNumber("99900011"),
        &[failed(0, PayoutOutcome::Rejected, "AC07", FailureCode::AccountClosed)],
        "The network rejects the payout, because the bank account is closed.",
    ),
    answered(
        "account_of_another_person",
        PayoutTrigger::AccountNumber("99900022"),
        &[failed(0, PayoutOutcome::Rejected, "BE01", FailureCode::BeneficiaryMismatch)],
        "The network rejects the payout, because another person owns the bank account.",
    ),
    answered(
        "account_of_another_person_later",
        PayoutTrigger::AccountNumber("99900033"),
        &[
            step(0, PayoutOutcome::Accepted),
            failed(60, PayoutOutcome::Rejected, "BE01", FailureCode::BeneficiaryMismatch),
        ],
        "The network accepts the payout and rejects it one minute later, because another person owns the bank \
            account.",
    ),
    answered(
        "returned_by_bank",
        PayoutTrigger::AccountNumber("99900044"),
        &[
            step(0, PayoutOutcome::Paid),
            failed(300, PayoutOutcome::Returned, "AC07", FailureCode::AccountClosed),
        ],
        "The network pays at once, and the bank returns the money five minutes later, because the account is \
            closed.",
    ),
    answered(
        "account_waits_for_you",
        PayoutTrigger::AccountNumber("99900055"),
        &[step(0, PayoutOutcome::Accepted)],
        "The network accepts the payout and waits for POST /v1/sandbox/payouts/{id}/outcome.",
    ),
    answered(
        "suspected_fraud",
        PayoutTrigger::PixKey("fraud@sandbox.example"),
        &[failed(0, PayoutOutcome::Rejected, "FRAD", FailureCode::SuspectedFraud)],
        "The network rejects the payout, because it suspects fraud.",
    ),
    answered(
        "account_not_found",
        PayoutTrigger::AmountCents(2_007),
        &[failed(0, PayoutOutcome::Rejected, "AC03", FailureCode::AccountNotFound)],
        "The network rejects the payout, because the beneficiary's account does not exist.",
    ),
    answered(
        "beneficiary_mismatch",
        PayoutTrigger::AmountCents(2_008),
        &[failed(0, PayoutOutcome::Rejected, "BE01", FailureCode::BeneficiaryMismatch)],
        "The network rejects the payout, because the account belongs to another person.",
    ),
    answered(
        "rejected_by_institution",
        PayoutTrigger::AmountCents(2_009),
        &[failed(0, PayoutOutcome::Rejected, "DS04", FailureCode::RejectedByInstitution)],
        "The beneficiary's institution rejects the payout.",
    ),
    answered(
        "unknown_code",
        PayoutTrigger::AmountCents(2_010),
        &[failed(0, PayoutOutcome::Rejected, "ZZ99", FailureCode::Unspecified)],
        "The network rejects the payout with a code that Trilho does not know.",
    ),
    answered(
        "paid_later",
        PayoutTrigger::AmountCents(2_001),
        &[step(0, PayoutOutcome::Accepted), step(60, PayoutOutcome::Paid)],
        "The network accepts the payout at once and pays it one minute later.",
    ),
    answered(
        "rejected_later",
        PayoutTrigger::AmountCents(2_002),
        &[
            step(0, PayoutOutcome::Accepted),
            failed(60, PayoutOutcome::Rejected, "AB03", FailureCode::InstitutionUnavailable),
        ],
        "The network accepts the payout at once and rejects it one minute later, because the \
            beneficiary's institution did not answer.",
    ),
    PayoutScenario {
        name: "answer_lost",
        trigger: PayoutTrigger::AmountCents(2_003),
        submission: SandboxSubmission::TimesOutAfterTaking,
        steps: PAID,
        description: "The network pays, but its answer is lost. The payout stays in processing \
            with unconfirmed_since until Trilho queries the network one minute later.",
    },
    PayoutScenario {
        name: "order_lost",
        trigger: PayoutTrigger::AmountCents(2_004),
        submission: SandboxSubmission::TimesOutBeforeTaking,
        steps: PAID,
        description: "The order is lost. One minute later the network does not have it, Trilho \
            submits it again with the same end-to-end id, and the network pays once.",
    },
    answered(
        "returned",
        PayoutTrigger::AmountCents(2_005),
        &[
            step(0, PayoutOutcome::Paid),
            failed(300, PayoutOutcome::Returned, "MD06", FailureCode::BeneficiaryRequest),
        ],
        "The network pays at once, and the beneficiary returns the money five minutes later.",
    ),
    answered(
        "waits_for_you",
        PayoutTrigger::AmountCents(2_006),
        &[step(0, PayoutOutcome::Accepted)],
        "The network accepts the payout and waits for POST /v1/sandbox/payouts/{id}/outcome.",
    ),
    answered(
        "paid",
        PayoutTrigger::Otherwise,
        PAID,
        "The network pays every other payout at once.",
    ),
];

/// Returns the scenario of an order.
pub fn payout_scenario(order: &PayoutOrder) -> &'static PayoutScenario {
    let (key, account) = match &order.to {
        PayoutDestination::PixKey(key) => (Some(key.as_str()), None),
        PayoutDestination::BankAccount(account) => (None, Some(account.number())),
    };
    let matches = |scenario: &&PayoutScenario| match scenario.trigger {
        PayoutTrigger::PixKey(text) => key == Some(text),
        PayoutTrigger::AccountNumber(number) => account == Some(number),
        PayoutTrigger::AmountCents(amount_cents) => order.amount_cents == amount_cents,
        PayoutTrigger::Otherwise => true,
    };
    PAYOUT_SCENARIOS.iter().find(matches).expect("the last scenario matches every order")
}

fn payout_update(
    outcome: PayoutOutcome,
    failure: Option<Failure>,
    order: &PayoutOrder,
) -> Result<PayoutUpdate, Error> {
    let failure = failure.unwrap_or_else(|| FailureCode::Unspecified.into());
    Ok(match outcome {
        PayoutOutcome::Accepted => PayoutUpdate::Accepted,
        PayoutOutcome::Paid => PayoutUpdate::Settled,
        PayoutOutcome::Rejected => PayoutUpdate::Rejected { failure },
        PayoutOutcome::Returned => {
            let return_id = submission::return_id(&order.order_id, order.queued_at)?;
            PayoutUpdate::Returned { return_id, amount_cents: order.amount_cents, failure }
        }
    })
}

fn status(order: &PayoutOrder, now: Timestamp) -> Result<NetworkStatus<PayoutUpdate>, NoResponse> {
    let steps = payout_scenario(order).steps.iter();
    let steps =
        steps.map(|step| (step.after_seconds, payout_update(step.outcome, step.failure(), order)));
    submission::status(steps, now)
}

impl Rail<PayoutOrder> for SandboxRail {
    fn submit<'a>(
        &'a self,
        order: &'a PayoutOrder,
        now: Timestamp,
    ) -> RailFuture<'a, NetworkStatus<PayoutUpdate>> {
        payout_scenario(order).submission.submit(order.attempt, || status(order, now))
    }

    fn query<'a>(
        &'a self,
        order: &'a PayoutOrder,
        now: Timestamp,
    ) -> RailFuture<'a, Option<NetworkStatus<PayoutUpdate>>> {
        payout_scenario(order).submission.query(order.attempt, || status(order, now))
    }
}

impl PayoutRail for SandboxRail {
    fn participant(&self) -> &'static str {
        ISPB
    }
}

/// Returns the status with which the sandbox reports an outcome of a payout.
pub fn outcome_status(
    outcome: PayoutOutcome,
    failure: Option<Failure>,
    order: &PayoutOrder,
) -> Result<NetworkStatus<PayoutUpdate>, Error> {
    payout_update(outcome, failure, order).map(NetworkStatus::single)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_the_one_of_its_code_in_the_spi() {
        let steps = PAYOUT_SCENARIOS.iter().flat_map(|scenario| scenario.steps);
        for step in steps.filter(|step| step.reason.is_some()) {
            let network_code = step.network_code.expect("a reason of the network has its code");
            assert_eq!(step.failure(), Some(Failure::of_network(network_code)));
        }
    }
}
