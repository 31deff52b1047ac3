//! Refunds in the sandbox. The amount decides the outcome, always the same.

use domain::charge::RefundUpdate;
use domain::kernel::{Error, Failure, FailureCode};
use jiff::Timestamp;
use rails::{NetworkStatus, NoResponse, Rail, RailFuture, RefundOrder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sandbox_rail::SandboxRail;
use crate::submission::{self, SandboxSubmission};

/// Trigger of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum RefundTrigger {
    /// The amount of the refund, in cents.
    AmountCents(u64),
    /// Every other refund.
    Otherwise,
}

/// Outcome of a refund in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundOutcome {
    /// The network accepted the order.
    Accepted,
    /// The payer has the money back.
    Paid,
    /// The network rejects the refund.
    Rejected,
}

/// One outcome after the network accepted the refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefundStoryStep {
    /// Time after the network accepted the refund, in seconds.
    pub after_seconds: u32,
    /// Outcome of the step.
    pub outcome: RefundOutcome,
    /// Reason for the outcome.
    pub reason: Option<FailureCode>,
    /// Code of the SPI for the reason; null if the network gives none.
    pub network_code: Option<&'static str>,
}

impl RefundStoryStep {
    fn failure(&self) -> Option<Failure> {
        self.reason.map(|code| Failure::reported(code, self.network_code.map(str::to_owned)))
    }
}

/// A scenario of the sandbox, always with the same outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefundScenario {
    /// Name of the scenario.
    pub name: &'static str,
    /// Trigger of the scenario.
    pub trigger: RefundTrigger,
    /// Result of the submission to the network.
    pub submission: SandboxSubmission,
    /// Outcomes after the submission.
    pub steps: &'static [RefundStoryStep],
    /// Description of the scenario.
    pub description: &'static str,
}

const ACCEPTED: RefundStoryStep = after(0, RefundOutcome::Accepted);
const PAID: &[RefundStoryStep] = &[after(0, RefundOutcome::Paid)];

const fn after(after_seconds: u32, outcome: RefundOutcome) -> RefundStoryStep {
    RefundStoryStep { after_seconds, outcome, reason: None, network_code: None }
}

/// Returns a rejection with the code of the SPI, and the reason that follows from it.
const fn rejected(
    after_seconds: u32,
    network_code: Option<&'static str>,
    reason: FailureCode,
) -> RefundStoryStep {
    let (outcome, reason) = (RefundOutcome::Rejected, Some(reason));
    RefundStoryStep { after_seconds, outcome, reason, network_code }
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

/// The scenarios of refunds; the first match wins.
pub const REFUND_SCENARIOS: &[RefundScenario] = &[
    of_amount(
        "paid_later",
        3_001,
        SandboxSubmission::Answered,
        &[ACCEPTED, after(60, RefundOutcome::Paid)],
        "The network accepts the refund at once and pays it one minute later.",
    ),
    of_amount(
        "rejected_later",
        3_002,
        SandboxSubmission::Answered,
        &[ACCEPTED, rejected(60, Some("AB03"), FailureCode::InstitutionUnavailable)],
        "The network accepts the refund at once and rejects it one minute later, because the \
            payer's institution did not answer.",
    ),
    of_amount(
        "answer_lost",
        3_003,
        SandboxSubmission::TimesOutAfterTaking,
        PAID,
        "The network pays, but its answer is lost. The refund stays in processing with \
            unconfirmed_since until Trilho queries the network one minute later.",
    ),
    of_amount(
        "order_lost",
        3_004,
        SandboxSubmission::TimesOutBeforeTaking,
        PAID,
        "The order is lost. One minute later the network does not have it, Trilho submits it \
            again with the same order id, and the network pays once.",
    ),
    of_amount(
        "waits_for_you",
        3_005,
        SandboxSubmission::Answered,
        &[ACCEPTED],
        "The network accepts the refund and waits for POST /v1/sandbox/refunds/{id}/outcome.",
    ),
    of_amount(
        "account_closed",
        3_006,
        SandboxSubmission::Answered,
        &[rejected(0, Some("AC07"), FailureCode::AccountClosed)],
        "The network rejects the refund, because the payer's account is closed.",
    ),
    of_amount(
        "account_blocked",
        3_007,
        SandboxSubmission::Answered,
        &[rejected(0, Some("AC06"), FailureCode::AccountBlocked)],
        "The network rejects the refund, because the payer's account is blocked.",
    ),
    of_amount(
        "already_returned",
        3_008,
        SandboxSubmission::Answered,
        &[rejected(0, Some("AM09"), FailureCode::AlreadyReturned)],
        "The network rejects the refund, because the payment was already returned.",
    ),
    of_amount(
        "unspecified",
        3_009,
        SandboxSubmission::Answered,
        &[rejected(0, None, FailureCode::Unspecified)],
        "The network rejects the refund without a reason.",
    ),
    RefundScenario {
        name: "paid",
        trigger: RefundTrigger::Otherwise,
        submission: SandboxSubmission::Answered,
        steps: PAID,
        description: "The network pays every other refund at once.",
    },
];

/// Returns the scenario of a refund.
pub fn refund_scenario(order: &RefundOrder) -> &'static RefundScenario {
    let matches = |scenario: &&RefundScenario| match scenario.trigger {
        RefundTrigger::AmountCents(amount_cents) => order.amount_cents == amount_cents,
        RefundTrigger::Otherwise => true,
    };
    REFUND_SCENARIOS.iter().find(matches).expect("the last scenario matches every order")
}

/// Returns the update with which the sandbox reports an outcome of a refund.
pub fn refund_update(
    outcome: RefundOutcome,
    failure: Option<Failure>,
    order: &RefundOrder,
) -> Result<RefundUpdate, Error> {
    Ok(match outcome {
        RefundOutcome::Accepted => RefundUpdate::Accepted,
        RefundOutcome::Paid => {
            // A card has no end-to-end ids.
            let is_pix = order.end_to_end_id.is_some();
            let return_id = is_pix.then(|| submission::return_id(&order.order_id, order.queued_at));
            RefundUpdate::Settled { return_id: return_id.transpose()? }
        }
        RefundOutcome::Rejected => {
            let failure = failure.unwrap_or_else(|| FailureCode::Unspecified.into());
            RefundUpdate::Rejected { failure }
        }
    })
}

fn status(order: &RefundOrder, now: Timestamp) -> Result<NetworkStatus<RefundUpdate>, NoResponse> {
    let steps = refund_scenario(order).steps.iter();
    let fact = |step: &RefundStoryStep| refund_update(step.outcome, step.failure(), order);
    submission::status(steps.map(|step| (step.after_seconds, fact(step))), now)
}

impl Rail<RefundOrder> for SandboxRail {
    fn submit<'a>(
        &'a self,
        order: &'a RefundOrder,
        now: Timestamp,
    ) -> RailFuture<'a, NetworkStatus<RefundUpdate>> {
        refund_scenario(order).submission.submit(order.attempt, || status(order, now))
    }

    fn query<'a>(
        &'a self,
        order: &'a RefundOrder,
        now: Timestamp,
    ) -> RailFuture<'a, Option<NetworkStatus<RefundUpdate>>> {
        refund_scenario(order).submission.query(order.attempt, || status(order, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_the_one_of_its_code_in_the_spi() {
        let steps = REFUND_SCENARIOS.iter().flat_map(|scenario| scenario.steps);
        let rejected: Vec<_> = steps.filter(|step| step.reason.is_some()).collect();
        assert_eq!(rejected.len(), 5);
        for step in rejected {
            let of_code = step.network_code.map(Failure::of_network);
            assert_eq!(step.failure(), Some(of_code.unwrap_or(FailureCode::Unspecified.into())));
        }
    }
}
