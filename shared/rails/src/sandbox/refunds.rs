//! Refunds in the sandbox: the amount decides what happens, always the same.

use domain::charge::{RefundRejection, RefundUpdate};
use domain::kernel::Error;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SandboxRail;
use super::story::{self, SandboxSubmission};
use crate::{NetworkStatus, NoResponse, Rail, RailFuture, RefundOrder};

/// What leads to an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum RefundTrigger {
    /// The amount of the refund.
    AmountCents(u64),
    /// Everything else.
    Otherwise,
}

/// What becomes of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundOutcome {
    /// The network has it.
    Taken,
    /// The payer has the money back.
    Paid,
    /// The money does not go back.
    Rejected,
}

/// One step after the network took the refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefundStoryStep {
    /// Seconds after it was taken.
    pub after_seconds: u32,
    /// What happens.
    pub outcome: RefundOutcome,
    /// Why.
    pub reason: Option<RefundRejection>,
}

/// One deterministic story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefundScenario {
    /// Its name.
    pub name: &'static str,
    /// What leads to it.
    pub trigger: RefundTrigger,
    /// What happens when the network is told.
    pub submission: SandboxSubmission,
    /// What happens then.
    pub steps: &'static [RefundStoryStep],
    /// In words.
    pub description: &'static str,
}

const TAKEN: RefundStoryStep = after(0, RefundOutcome::Taken);
const PAID: &[RefundStoryStep] = &[after(0, RefundOutcome::Paid)];

const fn after(after_seconds: u32, outcome: RefundOutcome) -> RefundStoryStep {
    RefundStoryStep { after_seconds, outcome, reason: None }
}

const fn rejected(after_seconds: u32, reason: RefundRejection) -> RefundStoryStep {
    RefundStoryStep { after_seconds, outcome: RefundOutcome::Rejected, reason: Some(reason) }
}

const fn of_amount(
    name: &'static str,
    amount_cents: u64,
    submission: SandboxSubmission,
    steps: &'static [RefundStoryStep],
    description: &'static str,
) -> RefundScenario {
    let trigger = RefundTrigger::AmountCents(amount_cents);
    RefundScenario { name, trigger, submission, steps, description }
}

/// All stories; the first match wins.
pub const REFUND_SCENARIOS: &[RefundScenario] = &[
    of_amount(
        "paid_later",
        3_001,
        SandboxSubmission::Answered,
        &[TAKEN, after(60, RefundOutcome::Paid)],
        "Taken at once, with the payer a minute later.",
    ),
    of_amount(
        "rejected_later",
        3_002,
        SandboxSubmission::Answered,
        &[TAKEN, rejected(60, RefundRejection::InstitutionUnavailable)],
        "Taken at once; a minute later the payer's institution did not answer.",
    ),
    of_amount(
        "answer_lost",
        3_003,
        SandboxSubmission::TimesOutAfterTaking,
        PAID,
        "The money goes back, and the answer is lost: the refund stays in processing with \
            unconfirmed_since, and is paid when the network is asked a minute later.",
    ),
    of_amount(
        "order_lost",
        3_004,
        SandboxSubmission::TimesOutBeforeTaking,
        PAID,
        "The order is lost on its way: when the network is asked a minute later it does not know \
            it, is told again under the same name, and gives back once.",
    ),
    of_amount(
        "waits_for_you",
        3_005,
        SandboxSubmission::Answered,
        &[TAKEN],
        "Taken, and nothing more until POST /v1/sandbox/refunds/{id}/outcome.",
    ),
    of_amount(
        "account_closed",
        3_006,
        SandboxSubmission::Answered,
        &[rejected(0, RefundRejection::AccountClosed)],
        "The payer's account is closed; the money is available again.",
    ),
    of_amount(
        "account_blocked",
        3_007,
        SandboxSubmission::Answered,
        &[rejected(0, RefundRejection::AccountBlocked)],
        "The payer's account is blocked; the money is available again.",
    ),
    of_amount(
        "already_returned",
        3_008,
        SandboxSubmission::Answered,
        &[rejected(0, RefundRejection::AlreadyReturned)],
        "The payment went back in another way; the money is available again.",
    ),
    of_amount(
        "unspecified",
        3_009,
        SandboxSubmission::Answered,
        &[rejected(0, RefundRejection::Unspecified)],
        "Refused without a reason; the money is available again.",
    ),
    RefundScenario {
        name: "paid",
        trigger: RefundTrigger::Otherwise,
        submission: SandboxSubmission::Answered,
        steps: PAID,
        description: "Every other amount: with the payer at once.",
    },
];

/// The story of a refund.
pub fn refund_scenario(order: &RefundOrder) -> &'static RefundScenario {
    let leads_here = |scenario: &&RefundScenario| match scenario.trigger {
        RefundTrigger::AmountCents(amount_cents) => order.amount_cents == amount_cents,
        RefundTrigger::Otherwise => true,
    };
    REFUND_SCENARIOS.iter().find(leads_here).expect("the last scenario takes everything")
}

/// A fact of the sandbox about a refund.
pub fn refund_update(
    outcome: RefundOutcome,
    reason: Option<RefundRejection>,
    order: &RefundOrder,
) -> Result<RefundUpdate, Error> {
    Ok(match outcome {
        RefundOutcome::Taken => RefundUpdate::Accepted,
        RefundOutcome::Paid => {
            let return_id = story::return_id(&order.order_id, order.since)?;
            RefundUpdate::Settled { return_id: Some(return_id) }
        }
        RefundOutcome::Rejected => {
            RefundUpdate::Rejected { reason: reason.unwrap_or(RefundRejection::Unspecified) }
        }
    })
}

fn status(order: &RefundOrder, now: Timestamp) -> Result<NetworkStatus<RefundUpdate>, NoResponse> {
    let steps = refund_scenario(order).steps.iter();
    let fact = |step: &RefundStoryStep| refund_update(step.outcome, step.reason, order);
    story::status(steps.map(|step| (step.after_seconds, fact(step))), now)
}

impl Rail<RefundOrder> for SandboxRail {
    fn submit<'a>(
        &'a self,
        order: &'a RefundOrder,
        now: Timestamp,
    ) -> RailFuture<'a, NetworkStatus<RefundUpdate>> {
        refund_scenario(order).submission.submitted(order.attempt, || status(order, now))
    }

    fn query<'a>(
        &'a self,
        order: &'a RefundOrder,
        now: Timestamp,
    ) -> RailFuture<'a, Option<NetworkStatus<RefundUpdate>>> {
        refund_scenario(order).submission.queried(order.attempt, || status(order, now))
    }
}
