//! Answers to demands in the sandbox. The amount that the network demands decides, always the same.

use domain::charge::ReturnUpdate;
use domain::dispute::{DisputeInstruction, DisputeUpdate};
use domain::kernel::{Failure, FailureCode};
use jiff::{SignedDuration, Timestamp};
use rails::{DisputeRequest, NetworkStatus, NoResponse, Rail, RailFuture};
use schemars::JsonSchema;
use serde::Serialize;

use crate::sandbox_rail::SandboxRail;
use crate::submission::{SandboxSubmission, return_id};

/// Seconds from an answer to the decision of the network.
const DECIDED_AFTER: i64 = 2 * 24 * 60 * 60;
/// The reason of every decision.
const REASON: &str = "suspected_fraud";

/// What the network does about an answer that contests its demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisputeDecision {
    /// Two days later it gives the demand up.
    Won,
    /// It gives the demand up with its response.
    WonAtOnce,
    /// Two days later it takes the money.
    Lost,
    /// It decides only by `POST /v1/sandbox/charges/{id}/return`.
    Open,
    /// It does not take the answer.
    Refused,
}

/// A scenario of answers, always with the same outcome. An acceptance has the same submission, and the network
/// takes its money at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DisputeScenario {
    /// Name of the scenario.
    pub name: &'static str,
    /// Amount that the network demands, in cents; null for every other amount.
    pub amount_cents: Option<u64>,
    /// Result of the submission of the answer.
    pub submission: SandboxSubmission,
    /// What the network does about an answer that contests.
    pub decision: DisputeDecision,
    /// Description of the scenario.
    pub description: &'static str,
}

const OPEN: DisputeScenario = DisputeScenario {
    name: "open",
    amount_cents: None,
    submission: SandboxSubmission::Answered,
    decision: DisputeDecision::Open,
    description: "The network has the answer and decides when you say so.",
};

/// The scenarios of answers to demands, of charges by any method.
pub const DISPUTE_SCENARIOS: &[DisputeScenario] = &[
    DisputeScenario {
        name: "won",
        amount_cents: Some(1_106),
        decision: DisputeDecision::Won,
        description: "The network gives the demand up two days after the answer.",
        ..OPEN
    },
    DisputeScenario {
        name: "lost",
        amount_cents: Some(1_107),
        decision: DisputeDecision::Lost,
        description: "The network takes the money two days after the answer.",
        ..OPEN
    },
    DisputeScenario {
        name: "won_at_once",
        amount_cents: Some(1_111),
        decision: DisputeDecision::WonAtOnce,
        description: "The network gives the demand up as soon as it has the answer.",
        ..OPEN
    },
    DisputeScenario {
        name: "refused",
        amount_cents: Some(1_108),
        decision: DisputeDecision::Refused,
        description: "The network does not take the answer.",
        ..OPEN
    },
    DisputeScenario {
        name: "response_lost",
        amount_cents: Some(1_109),
        submission: SandboxSubmission::TimesOutAfterTaking,
        description: "The network has the answer, and its response is lost. Trilho queries it one minute later.",
        ..OPEN
    },
    DisputeScenario {
        name: "order_lost",
        amount_cents: Some(1_110),
        submission: SandboxSubmission::TimesOutBeforeTaking,
        description: "The answer is lost on its way. Trilho submits it again two minutes later.",
        ..OPEN
    },
    OPEN,
];

fn scenario(order: &DisputeRequest) -> &'static DisputeScenario {
    let amount_cents = Some(order.amount_cents);
    DISPUTE_SCENARIOS.iter().find(|one| one.amount_cents == amount_cents).unwrap_or(&OPEN)
}

impl Rail<DisputeRequest> for SandboxRail {
    fn submit<'a>(
        &'a self,
        order: &'a DisputeRequest,
        _: Timestamp,
    ) -> RailFuture<'a, NetworkStatus<DisputeUpdate>> {
        scenario(order).submission.submit(order.attempt, || answer(order))
    }

    fn query<'a>(
        &'a self,
        order: &'a DisputeRequest,
        _: Timestamp,
    ) -> RailFuture<'a, Option<NetworkStatus<DisputeUpdate>>> {
        scenario(order).submission.query(order.attempt, || answer(order))
    }
}

fn answer(order: &DisputeRequest) -> Result<NetworkStatus<DisputeUpdate>, NoResponse> {
    let decided_at = order.queued_at + SignedDuration::from_secs(DECIDED_AFTER);
    let received = NetworkStatus::single(DisputeUpdate::Received);
    if order.instruction == DisputeInstruction::Accept {
        return Ok(NetworkStatus {
            updates: vec![DisputeUpdate::Received, taken(order)?],
            ..received
        });
    }
    let notice_id = order.network_id.clone();
    let decision = match scenario(order).decision {
        DisputeDecision::Open => None,
        DisputeDecision::Won => {
            Some(DisputeUpdate::Decided { fact: ReturnUpdate::Closed { notice_id } })
        }
        DisputeDecision::WonAtOnce => {
            let won = DisputeUpdate::Decided { fact: ReturnUpdate::Closed { notice_id } };
            return Ok(NetworkStatus { updates: vec![DisputeUpdate::Received, won], ..received });
        }
        DisputeDecision::Lost => Some(taken(order)?),
        DisputeDecision::Refused => {
            let code = Some("response_refused".to_owned());
            let failure = Failure::reported(FailureCode::Unspecified, code);
            return Ok(NetworkStatus::single(DisputeUpdate::Refused { failure }));
        }
    };
    Ok(NetworkStatus { announced: decision.map(|update| (decided_at, update)), ..received })
}

fn taken(order: &DisputeRequest) -> Result<DisputeUpdate, NoResponse> {
    let id = return_id(&order.order_id, order.queued_at);
    let return_id = id.map_err(|error| NoResponse::ConnectionFailed(error.to_string()))?;
    let fact = ReturnUpdate::Returned {
        return_id: return_id.to_string(),
        notice_id: Some(order.network_id.clone()),
        amount_cents: order.amount_cents,
        reason: REASON.to_owned(),
    };
    Ok(DisputeUpdate::Decided { fact })
}
