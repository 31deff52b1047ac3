//! Cards in the sandbox: an acquirer whose answers follow from the name of a card.
//!
//! No card has a number. Its token is `tok_`, the name of the scenario, and the ULID of the moment at which the
//! token was made; it is valid for 15 minutes, as the tokens of acquirers are.

use brazil::{AbecsReason, CardExpiry, instant, local, next_business_day};
use domain::account::FeeSchedule;
use domain::charge::{
    CardAgreement, CardAuthorization, CardDetails, CardInstruction, CardOrder, CardOutcome,
    CardToken, CardUpdate, Charge,
};
use domain::kernel::{Code, Error, Failure, FailureCode, Moment};
use domain::ledger::Books;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rails::{CardRail, CardRequest, NetworkStatus, NoResponse, Rail, RailFuture, apply_to_card};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::card_scenarios::{APPROVED, CARD_SCENARIOS, CardAnswer, CardDelay, CardScenario};
use crate::sandbox_rail::SandboxRail;
use crate::submission::{SandboxSubmission, status};

/// How long a token is valid.
const TOKEN_VALID_FOR: SignedDuration = SignedDuration::from_mins(15);
/// How long the payer has to prove to the issuer who they are.
const AUTHENTICATION_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How long the issuer reserves an amount. Brands allow 5 to 30 days.
const AUTHORIZED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Days between the instalments, and from the capture to the first.
const INSTALLMENT_DAYS: i32 = 30;
/// Hour at which the acquirer pays.
const SETTLED_AT_HOUR: i8 = 14;
/// Seconds until the end of a review.
const REVIEWED_AFTER: u32 = 60;

fn scenario(name: &str) -> Option<&'static CardScenario> {
    CARD_SCENARIOS.iter().find(|one| one.name == name)
}

/// Returns a new token of the card of a scenario. Returns `None` for an unknown name.
pub fn card_token(name: &str, moment: &Moment) -> Option<String> {
    scenario(name).map(|one| one.token(moment))
}

/// Returns the scenario of a token that is valid at a time.
fn scenario_of(token: &CardToken, at: Timestamp) -> Option<&'static CardScenario> {
    let (name, ulid) = token.reveal().strip_prefix("tok_")?.rsplit_once('_')?;
    let made = Ulid::from_string(ulid).ok()?.timestamp_ms();
    let made = Timestamp::from_millisecond(i64::try_from(made).ok()?).ok()?;
    let is_valid = made <= at && at.duration_since(made) < TOKEN_VALID_FOR;
    scenario(name).filter(|_| is_valid)
}

/// Returns the scenario of a payment, whose id has its name.
fn scenario_of_payment(payment_id: &str) -> &'static CardScenario {
    let name = payment_id.rsplit_once('_').map(|(name, _)| name);
    name.and_then(scenario).unwrap_or(&APPROVED)
}

impl CardRail for SandboxRail {
    fn agreement(&self) -> CardAgreement {
        CardAgreement {
            installments_max: 12,
            installment_cents_min: 500,
            soft_descriptor_length_max: 13,
        }
    }

    /// Returns 14:00 of the next business day. A time outside the calendar is none.
    fn early_payment_at(&self, now: Timestamp) -> Option<Timestamp> {
        let tomorrow = local(now).date().tomorrow().ok()?;
        instant(next_business_day(tomorrow).at(SETTLED_AT_HOUR, 0, 0, 0)).ok()
    }

    fn form_url(&self, payment_url: &str, language: &str) -> Option<String> {
        let language = language.split('-').next().unwrap_or_default();
        Some(format!("{payment_url}/sandbox-card?lang={language}"))
    }
}

impl Rail<CardRequest> for SandboxRail {
    fn submit<'a>(
        &'a self,
        order: &'a CardRequest,
        _: Timestamp,
    ) -> RailFuture<'a, NetworkStatus<CardUpdate>> {
        submission(order).submit(order.attempt, || answer(order))
    }

    fn query<'a>(
        &'a self,
        order: &'a CardRequest,
        _: Timestamp,
    ) -> RailFuture<'a, Option<NetworkStatus<CardUpdate>>> {
        submission(order).query(order.attempt, || answer(order))
    }
}

fn submission(order: &CardRequest) -> SandboxSubmission {
    match &order.instruction {
        CardInstruction::Authorize { token, .. } => scenario_of(token, order.queued_at)
            .map_or(SandboxSubmission::Answered, |one| one.submission),
        CardInstruction::Capture { .. }
        | CardInstruction::Void { .. }
        | CardInstruction::Reverse { .. }
        | CardInstruction::Anticipate { .. } => SandboxSubmission::Answered,
    }
}

fn answer(order: &CardRequest) -> Result<NetworkStatus<CardUpdate>, NoResponse> {
    let at = order.queued_at;
    match &order.instruction {
        CardInstruction::Authorize { token, .. } => match scenario_of(token, at) {
            Some(scenario) => authorization(order, scenario),
            // 14: the issuer does not have the card.
            None => Ok(NetworkStatus::single(declined_with("14"))),
        },
        CardInstruction::Capture { payment_id, installments } => {
            let scenario = scenario_of_payment(payment_id);
            Ok(NetworkStatus::single(match scenario.capture {
                CardAnswer::Declined { code } => declined_with(code),
                CardAnswer::Done => captured(order.amount_cents, *installments, None, at)?,
            }))
        }
        CardInstruction::Void { payment_id } => {
            Ok(NetworkStatus::single(match scenario_of_payment(payment_id).void {
                CardAnswer::Declined { code } => declined_with(code),
                CardAnswer::Done => CardUpdate::Done,
            }))
        }
        CardInstruction::Reverse { .. } => Ok(NetworkStatus::single(CardUpdate::Done)),
        CardInstruction::Anticipate { payment_id, .. } => {
            anticipation(scenario_of_payment(payment_id), at)
        }
    }
}

fn anticipation(
    scenario: &CardScenario,
    at: Timestamp,
) -> Result<NetworkStatus<CardUpdate>, NoResponse> {
    let answer = match (scenario.anticipation, SandboxRail.early_payment_at(at)) {
        (CardAnswer::Done, Some(settles_at)) => CardUpdate::Anticipated { settles_at },
        (CardAnswer::Done, None) => CardUpdate::Unanswered,
        (CardAnswer::Declined { code }, _) => declined_with(code),
    };
    let steps = match scenario.is_anticipated_later {
        false => vec![(0, Ok(answer))],
        true => vec![(0, Ok(CardUpdate::Accepted)), (REVIEWED_AFTER, Ok(answer))],
    };
    status(steps.into_iter(), at)
}

fn authorization(
    order: &CardRequest,
    scenario: &'static CardScenario,
) -> Result<NetworkStatus<CardUpdate>, NoResponse> {
    let at = order.queued_at;
    match scenario.delay {
        CardDelay::None => Ok(NetworkStatus::single(decision(order, scenario, at)?)),
        CardDelay::Review | CardDelay::ReviewBeforeCapture => {
            let reason = "suspected_fraud".to_owned();
            let decided =
                decision(order, scenario, at + SignedDuration::from_secs(REVIEWED_AFTER.into()))?;
            let steps =
                [(0, Ok(CardUpdate::UnderReview { reason })), (REVIEWED_AFTER, Ok(decided))];
            status(steps.into_iter(), at)
        }
        CardDelay::Authentication => {
            let until = at + AUTHENTICATION_FOR;
            let CardInstruction::Authorize { return_url, .. } = &order.instruction else {
                return Ok(NetworkStatus::default());
            };
            let url = format!("{return_url}/sandbox-issuer");
            let failure = FailureCode::AuthenticationFailed.into();
            let asked = CardUpdate::AuthenticationRequired { url, until };
            let late = CardUpdate::Declined { failure };
            Ok(NetworkStatus { updates: vec![asked], announced: Some((until, late)) })
        }
    }
}

/// Returns what the issuer decides about an authorisation.
fn decision(
    order: &CardRequest,
    scenario: &CardScenario,
    at: Timestamp,
) -> Result<CardUpdate, NoResponse> {
    if let CardAnswer::Declined { code } = scenario.authorization {
        return Ok(declined_with(code));
    }
    let CardInstruction::Authorize { installments, is_captured, .. } = order.instruction else {
        return Ok(CardUpdate::Accepted);
    };
    let authorization = Box::new(CardAuthorization {
        payment_id: format!("{}_{}", scenario.name, order.order_id),
        code: order.order_id[order.order_id.len().saturating_sub(6)..].to_owned(),
        card: CardDetails {
            brand: Some(scenario.brand),
            last4: scenario.last4.to_owned(),
            expiry: CardExpiry::new(12, local(at).year() + 3).ok(),
        },
        authorized_at: at,
        expires_at: at + AUTHORIZED_FOR,
    });
    match is_captured && scenario.delay != CardDelay::ReviewBeforeCapture {
        true => captured(order.amount_cents, installments, Some(authorization), at),
        false => Ok(CardUpdate::Authorized { authorization }),
    }
}

fn captured(
    amount_cents: u64,
    installments: u8,
    authorization: Option<Box<CardAuthorization>>,
    captured_at: Timestamp,
) -> Result<CardUpdate, NoResponse> {
    let settles = |number: u8| {
        let day =
            local(captured_at).date().checked_add((INSTALLMENT_DAYS * i32::from(number)).days())?;
        instant(next_business_day(day).at(SETTLED_AT_HOUR, 0, 0, 0))
    };
    let agenda = (1..=installments).map(settles).collect::<Result<_, _>>();
    let agenda = agenda.map_err(|error| NoResponse::ConnectionFailed(error.to_string()))?;
    Ok(CardUpdate::Captured { authorization, amount_cents, captured_at, agenda })
}

fn declined_with(code: &str) -> CardUpdate {
    let code = AbecsReason::by_code(code).map(|reason| reason.code().to_owned());
    CardUpdate::Declined { failure: Failure::reported(FailureCode::CardDeclined, code) }
}

/// What a payer does on the page of the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SandboxAuthentication {
    /// The payer proved who they are, and the issuer decides.
    Passed,
    /// The payer did not.
    Failed,
}

/// Applies what the acquirer reports after the payer was on the page of the issuer. Returns what it caused, and
/// whether the acquirer has answered the order.
///
/// # Errors
/// `charge_state` if the order does not wait for the payer; an internal error if the agenda of the instalments is
/// outside the calendar.
pub fn authenticate(
    charge: &mut Charge,
    order: &mut CardOrder,
    money: (&mut Books, &FeeSchedule),
    authentication: SandboxAuthentication,
    moment: &Moment,
) -> Result<(CardOutcome, bool), Error> {
    let page = charge.method.card().and_then(|card| card.authentication.as_ref());
    let waits = page.is_some_and(|page| moment.now < page.until);
    let request = CardRequest::from(&*order);
    let scenario = match &request.instruction {
        CardInstruction::Authorize { token, .. } => scenario_of(token, request.queued_at),
        _ => None,
    };
    let Some(scenario) = scenario.filter(|_| waits) else {
        return Err(asks_nothing(charge, moment));
    };
    let update = match authentication {
        SandboxAuthentication::Passed => {
            decision(&request, scenario, moment.now).map_err(Error::internal)?
        }
        SandboxAuthentication::Failed => {
            CardUpdate::Declined { failure: FailureCode::AuthenticationFailed.into() }
        }
    };
    apply_to_card(order, charge, &NetworkStatus::single(update), money, moment)
}

/// Returns the error of a charge whose issuer asks nothing.
pub fn asks_nothing(charge: &Charge, moment: &Moment) -> Error {
    let status = charge.status_at(moment.now).as_str();
    let detail = format!("the charge is {status}, and its issuer does not ask who the payer is");
    Error::conflict(Code::ChargeState, detail)
}
