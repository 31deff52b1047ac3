//! Money that the network takes back in the sandbox. The amount of the charge decides, always the same.

use brazil::{EndToEndId, EndToEndIdKind};
use domain::charge::{AnnouncedReturn, Charge, ReturnUpdate};
use domain::kernel::{Error, Id, Moment};
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Serialize;

use crate::sandbox_rail::ISPB;

/// The hours from the demand of the network to the end of its block.
const BLOCK_HOURS: i64 = 30 * 24;
/// The hours in which the account can contest a demand.
const RESPONSE_HOURS: i64 = 5 * 24;
/// The reason of every demand and return.
const REASON: &str = "suspected_fraud";

/// What the network does with the money of a paid charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnOutcome {
    /// The network demands that the money is blocked.
    Blocked,
    /// The network returns money to the payer.
    Returned,
    /// The network takes no more money.
    Closed,
}

/// One outcome after the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReturnStoryStep {
    /// Time after the payment, in days.
    pub after_days: u32,
    /// Outcome of the step.
    pub outcome: ReturnOutcome,
    /// Amount in cents; null for all that is left of the charge.
    pub amount_cents: Option<u64>,
    /// True if the network does this only without an answer of the account to its demand.
    pub unless_answered: bool,
}

/// A scenario of money that the network takes back, always with the same outcome. The charge is paid and
/// credited at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReturnScenario {
    /// Name of the scenario.
    pub name: &'static str,
    /// Amount of the charge that triggers it, in cents.
    pub amount_cents: u64,
    /// Outcomes after the payment of the charge, by `POST /v1/sandbox/charges/{id}/pay` or
    /// `POST /v1/sandbox/payments`.
    pub steps: &'static [ReturnStoryStep],
    /// Description of the scenario.
    pub description: &'static str,
}

const fn step(
    after_days: u32,
    outcome: ReturnOutcome,
    amount_cents: Option<u64>,
) -> ReturnStoryStep {
    ReturnStoryStep { after_days, outcome, amount_cents, unless_answered: false }
}

/// A demand that the network decides by the answer of the account, and for the payer without one.
const UNTIL_ANSWERED: &[ReturnStoryStep] = &[
    step(14, ReturnOutcome::Blocked, None),
    ReturnStoryStep {
        after_days: 20,
        outcome: ReturnOutcome::Returned,
        amount_cents: None,
        unless_answered: true,
    },
];

/// The scenarios, each by the amount of its charge.
pub const RETURN_SCENARIOS: &[ReturnScenario] = &[
    ReturnScenario {
        name: "returned",
        amount_cents: 1_101,
        steps: &[step(14, ReturnOutcome::Blocked, None), step(21, ReturnOutcome::Returned, None)],
        description: "The network demands the money two weeks later (MED), and takes all of it a \
            week after that.",
    },
    ReturnScenario {
        name: "returned_in_parts",
        amount_cents: 1_102,
        steps: &[
            step(14, ReturnOutcome::Blocked, None),
            step(21, ReturnOutcome::Returned, Some(400)),
            step(25, ReturnOutcome::Returned, Some(400)),
            step(40, ReturnOutcome::Returned, None),
        ],
        description: "The network demands the money two weeks later and takes it in three parts.",
    },
    ReturnScenario {
        name: "block_without_return",
        amount_cents: 1_103,
        steps: &[step(14, ReturnOutcome::Blocked, None), step(24, ReturnOutcome::Closed, None)],
        description: "The network demands the money two weeks later and gives it up ten days after \
            that.",
    },
    ReturnScenario {
        name: "returned_without_block",
        amount_cents: 1_104,
        steps: &[step(30, ReturnOutcome::Returned, None)],
        description: "The network takes the money 30 days later without a demand. If the balance is \
            spent by then, the account owes the rest.",
    },
    ReturnScenario {
        name: "returned_in_part",
        amount_cents: 1_105,
        steps: &[
            step(14, ReturnOutcome::Blocked, None),
            step(21, ReturnOutcome::Returned, Some(500)),
            step(22, ReturnOutcome::Closed, None),
        ],
        description: "The network demands the money two weeks later, takes a part and gives up the \
            rest.",
    },
    ReturnScenario {
        name: "dispute_won",
        amount_cents: 1_106,
        steps: UNTIL_ANSWERED,
        description: "The network demands the money two weeks later. An answer wins the dispute two \
            days later; without one the network takes the money.",
    },
    ReturnScenario {
        name: "dispute_lost",
        amount_cents: 1_107,
        steps: UNTIL_ANSWERED,
        description: "The network demands the money two weeks later. It takes the money two days \
            after an answer, and also without one.",
    },
];

/// Returns the fact with which the sandbox reports an outcome. Without `amount_cents` it is about all that
/// is left of the charge. The network has the refunds in process, so it does not return their money a
/// second time.
pub fn return_update(
    outcome: ReturnOutcome,
    amount_cents: Option<u64>,
    notice_id: String,
    charge: &Charge,
    moment: &Moment,
) -> Result<ReturnUpdate, Error> {
    Ok(match outcome {
        ReturnOutcome::Blocked => ReturnUpdate::Blocked {
            notice_id,
            amount_cents,
            reason: REASON.to_owned(),
            ends_at: Some(moment.now + SignedDuration::from_hours(BLOCK_HOURS)),
            respond_by: Some(moment.now + SignedDuration::from_hours(RESPONSE_HOURS)),
        },
        ReturnOutcome::Returned => {
            let left_cents = charge.takeable_cents(Some(&notice_id));
            let suffix = moment.base62(11);
            let id = EndToEndId::mint(EndToEndIdKind::Return, ISPB, moment.now, &suffix);
            ReturnUpdate::Returned {
                return_id: id.map_err(Error::internal)?.to_string(),
                // The demand of a scenario is not known to the charge before its time.
                notice_id: Some(notice_id),
                amount_cents: amount_cents.unwrap_or(left_cents),
                reason: REASON.to_owned(),
            }
        }
        ReturnOutcome::Closed => ReturnUpdate::Closed { notice_id },
    })
}

/// Returns what the network will do later with the money of a charge that was paid now, earliest first.
pub fn announced_returns(charge: &Charge, moment: &Moment) -> Result<Vec<AnnouncedReturn>, Error> {
    let scenario = RETURN_SCENARIOS.iter().find(|one| one.amount_cents == charge.amount_cents);
    let steps = scenario.map_or(&[][..], |scenario| scenario.steps);
    let notice_id = format!("MED{}", charge.id.ulid());
    steps
        .iter()
        .map(|step| {
            let mut at = moment.clone();
            at.now += SignedDuration::from_hours(i64::from(step.after_days) * 24);
            let (outcome, notice_id) = (step.outcome, notice_id.clone());
            let update = return_update(outcome, step.amount_cents, notice_id, charge, &at)?;
            Ok(AnnouncedReturn { at: at.now, update, unless_answered: step.unless_answered })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_takes_money_back_for_at_most_90_days_and_in_order() {
        for scenario in RETURN_SCENARIOS {
            let days: Vec<_> = scenario.steps.iter().map(|step| step.after_days).collect();
            assert!(days.is_sorted() && days.iter().all(|days| *days <= 90), "{}", scenario.name);
        }
    }
}
