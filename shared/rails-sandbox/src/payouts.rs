//! Payouts in the sandbox. The amount or the Pix key decides the outcome, always the same. The sandbox
//! stores nothing: each response follows from the order and from the number of calls about it.

use domain::kernel::Error;
use domain::payout::{PayoutDestination, PayoutReason, PayoutUpdate};
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
    pub reason: Option<PayoutReason>,
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

const fn step(
    after_seconds: u32,
    outcome: PayoutOutcome,
    reason: Option<PayoutReason>,
) -> PayoutStoryStep {
    PayoutStoryStep { after_seconds, outcome, reason }
}

const fn answered(
    name: &'static str,
    trigger: PayoutTrigger,
    steps: &'static [PayoutStoryStep],
    description: &'static str,
) -> PayoutScenario {
    PayoutScenario { name, trigger, submission: SandboxSubmission::Answered, steps, description }
}

const PAID: &[PayoutStoryStep] = &[step(0, PayoutOutcome::Paid, None)];

/// The scenarios of payouts; the first match wins.
pub const PAYOUT_SCENARIOS: &[PayoutScenario] = &[
    answered(
        "account_closed",
        PayoutTrigger::PixKey("closed@sandbox.example"),
        &[step(0, PayoutOutcome::Rejected, Some(PayoutReason::AccountClosed))],
        "The network rejects the payout, because the beneficiary's account is closed.",
    ),
    answered(
        "account_blocked",
        PayoutTrigger::PixKey("blocked@sandbox.example"),
        &[step(0, PayoutOutcome::Rejected, Some(PayoutReason::AccountBlocked))],
        "The network rejects the payout, because the beneficiary's account is blocked.",
    ),
    answered(
        "suspected_fraud",
        PayoutTrigger::PixKey("fraud@sandbox.example"),
        &[step(0, PayoutOutcome::Rejected, Some(PayoutReason::SuspectedFraud))],
        "The network rejects the payout, because it suspects fraud.",
    ),
    answered(
        "paid_later",
        PayoutTrigger::AmountCents(2_001),
        &[step(0, PayoutOutcome::Accepted, None), step(60, PayoutOutcome::Paid, None)],
        "The network accepts the payout at once and pays it one minute later.",
    ),
    answered(
        "rejected_later",
        PayoutTrigger::AmountCents(2_002),
        &[
            step(0, PayoutOutcome::Accepted, None),
            step(60, PayoutOutcome::Rejected, Some(PayoutReason::InstitutionUnavailable)),
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
            step(0, PayoutOutcome::Paid, None),
            step(300, PayoutOutcome::Returned, Some(PayoutReason::BeneficiaryRequest)),
        ],
        "The network pays at once, and the beneficiary returns the money five minutes later.",
    ),
    answered(
        "waits_for_you",
        PayoutTrigger::AmountCents(2_006),
        &[step(0, PayoutOutcome::Accepted, None)],
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
    let key = match &order.to {
        PayoutDestination::PixKey(key) => Some(key.as_str()),
        PayoutDestination::BankAccount(_) => None,
    };
    let matches = |scenario: &&PayoutScenario| match scenario.trigger {
        PayoutTrigger::PixKey(text) => key == Some(text),
        PayoutTrigger::AmountCents(amount_cents) => order.amount_cents == amount_cents,
        PayoutTrigger::Otherwise => true,
    };
    PAYOUT_SCENARIOS.iter().find(matches).expect("the last scenario matches every order")
}

fn payout_update(
    outcome: PayoutOutcome,
    reason: Option<PayoutReason>,
    order: &PayoutOrder,
) -> Result<PayoutUpdate, Error> {
    let reason = reason.unwrap_or(PayoutReason::Unspecified);
    Ok(match outcome {
        PayoutOutcome::Accepted => PayoutUpdate::Accepted,
        PayoutOutcome::Paid => PayoutUpdate::Settled,
        PayoutOutcome::Rejected => PayoutUpdate::Rejected { reason },
        PayoutOutcome::Returned => {
            let return_id = submission::return_id(&order.order_id, order.queued_at)?;
            PayoutUpdate::Returned { return_id, amount_cents: order.amount_cents, reason }
        }
    })
}

fn status(order: &PayoutOrder, now: Timestamp) -> Result<NetworkStatus<PayoutUpdate>, NoResponse> {
    let steps = payout_scenario(order).steps.iter();
    let steps =
        steps.map(|step| (step.after_seconds, payout_update(step.outcome, step.reason, order)));
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
    reason: Option<PayoutReason>,
    order: &PayoutOrder,
) -> Result<NetworkStatus<PayoutUpdate>, Error> {
    payout_update(outcome, reason, order).map(NetworkStatus::single)
}
