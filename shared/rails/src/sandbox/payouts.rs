//! Payouts in the sandbox: the amount or the PIX key decides what happens, always the same. The
//! network keeps nothing: what it says follows from the order and from how often it was spoken to.

use brazil::{Bank, BankAccountKind, Document, DocumentKind, PixKey, PixKeyKind};
use domain::kernel::Error;
use domain::payout::{PayoutReason, PayoutUpdate};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SandboxRail;
use super::story::{self, SandboxSubmission};
use crate::{DirectoryEntry, NetworkStatus, NoResponse, PayoutOrder, PayoutRail, Rail, RailFuture};

/// What leads to an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum PayoutTrigger {
    /// The PIX key.
    PixKey(&'static str),
    /// The amount.
    AmountCents(u64),
    /// Everything else.
    Otherwise,
}

/// What becomes of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayoutOutcome {
    /// The network has it.
    Taken,
    /// The beneficiary has it.
    Paid,
    /// It is not paid.
    Rejected,
    /// It comes back.
    Returned,
}

/// One step after the network took the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PayoutStoryStep {
    /// Seconds after the order was taken.
    pub after_seconds: u32,
    /// What happens.
    pub outcome: PayoutOutcome,
    /// Why.
    pub reason: Option<PayoutReason>,
}

/// One deterministic story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PayoutScenario {
    /// Its name.
    pub name: &'static str,
    /// What leads to it.
    pub trigger: PayoutTrigger,
    /// What happens when the network is told.
    pub submission: SandboxSubmission,
    /// What happens then.
    pub steps: &'static [PayoutStoryStep],
    /// In words.
    pub description: &'static str,
}

const fn step(
    after_seconds: u32,
    outcome: PayoutOutcome,
    reason: Option<PayoutReason>,
) -> PayoutStoryStep {
    PayoutStoryStep { after_seconds, outcome, reason }
}

const fn story(
    name: &'static str,
    trigger: PayoutTrigger,
    steps: &'static [PayoutStoryStep],
    description: &'static str,
) -> PayoutScenario {
    PayoutScenario { name, trigger, submission: SandboxSubmission::Answered, steps, description }
}

const PAID: &[PayoutStoryStep] = &[step(0, PayoutOutcome::Paid, None)];

/// All stories; the first match wins.
pub const PAYOUT_SCENARIOS: &[PayoutScenario] = &[
    story(
        "account_closed",
        PayoutTrigger::PixKey("closed@sandbox.example"),
        &[step(0, PayoutOutcome::Rejected, Some(PayoutReason::AccountClosed))],
        "The beneficiary's account is closed; nothing is taken.",
    ),
    story(
        "account_blocked",
        PayoutTrigger::PixKey("blocked@sandbox.example"),
        &[step(0, PayoutOutcome::Rejected, Some(PayoutReason::AccountBlocked))],
        "The beneficiary's account is blocked; nothing is taken.",
    ),
    story(
        "suspected_fraud",
        PayoutTrigger::PixKey("fraud@sandbox.example"),
        &[step(0, PayoutOutcome::Rejected, Some(PayoutReason::SuspectedFraud))],
        "The network suspects fraud; nothing is taken.",
    ),
    story(
        "paid_later",
        PayoutTrigger::AmountCents(2_001),
        &[step(0, PayoutOutcome::Taken, None), step(60, PayoutOutcome::Paid, None)],
        "Taken at once, paid a minute later.",
    ),
    story(
        "rejected_later",
        PayoutTrigger::AmountCents(2_002),
        &[
            step(0, PayoutOutcome::Taken, None),
            step(60, PayoutOutcome::Rejected, Some(PayoutReason::InstitutionUnavailable)),
        ],
        "Taken at once; a minute later the beneficiary's institution did not answer.",
    ),
    PayoutScenario {
        name: "answer_lost",
        trigger: PayoutTrigger::AmountCents(2_003),
        submission: SandboxSubmission::TimesOutAfterTaking,
        steps: PAID,
        description: "The network pays, and its answer is lost: the payout stays in processing with \
            unconfirmed_since, and is paid when the network is asked a minute later.",
    },
    PayoutScenario {
        name: "order_lost",
        trigger: PayoutTrigger::AmountCents(2_004),
        submission: SandboxSubmission::TimesOutBeforeTaking,
        steps: PAID,
        description: "The order is lost on its way: when the network is asked a minute later it does \
            not know it, is told again under the same end-to-end id, and pays once.",
    },
    story(
        "returned",
        PayoutTrigger::AmountCents(2_005),
        &[
            step(0, PayoutOutcome::Paid, None),
            step(300, PayoutOutcome::Returned, Some(PayoutReason::BeneficiaryRequest)),
        ],
        "Paid at once; five minutes later the beneficiary sends it back.",
    ),
    story(
        "waits_for_you",
        PayoutTrigger::AmountCents(2_006),
        &[step(0, PayoutOutcome::Taken, None)],
        "Taken, and nothing more until POST /v1/sandbox/payouts/{id}/outcome.",
    ),
    story("paid", PayoutTrigger::Otherwise, PAID, "Every other key and amount: paid at once."),
];

/// The story of an order.
pub fn payout_scenario(order: &PayoutOrder) -> &'static PayoutScenario {
    let key = match &order.to {
        domain::payout::PayoutDestination::PixKey(key) => Some(key.as_str()),
        domain::payout::PayoutDestination::BankAccount(_) => None,
    };
    let leads_here = |scenario: &&PayoutScenario| match scenario.trigger {
        PayoutTrigger::PixKey(text) => key == Some(text),
        PayoutTrigger::AmountCents(amount_cents) => order.amount_cents == amount_cents,
        PayoutTrigger::Otherwise => true,
    };
    PAYOUT_SCENARIOS.iter().find(leads_here).expect("the last scenario takes everything")
}

/// A fact of the sandbox about an order.
fn payout_update(
    outcome: PayoutOutcome,
    reason: Option<PayoutReason>,
    order: &PayoutOrder,
) -> Result<PayoutUpdate, Error> {
    let reason = reason.unwrap_or(PayoutReason::Unspecified);
    Ok(match outcome {
        PayoutOutcome::Taken => PayoutUpdate::Accepted,
        PayoutOutcome::Paid => PayoutUpdate::Settled,
        PayoutOutcome::Rejected => PayoutUpdate::Rejected { reason },
        PayoutOutcome::Returned => {
            let return_id = story::return_id(&order.order_id, order.since)?;
            PayoutUpdate::Returned { return_id, amount_cents: order.amount_cents, reason }
        }
    })
}

fn status(order: &PayoutOrder, now: Timestamp) -> Result<NetworkStatus<PayoutUpdate>, NoResponse> {
    let steps = payout_scenario(order).steps.iter();
    let steps =
        steps.map(|step| (step.after_seconds, payout_update(step.outcome, step.reason, order)));
    story::status(steps, now)
}

impl Rail<PayoutOrder> for SandboxRail {
    fn submit<'a>(
        &'a self,
        order: &'a PayoutOrder,
        now: Timestamp,
    ) -> RailFuture<'a, NetworkStatus<PayoutUpdate>> {
        payout_scenario(order).submission.submitted(order.attempt, || status(order, now))
    }

    fn query<'a>(
        &'a self,
        order: &'a PayoutOrder,
        now: Timestamp,
    ) -> RailFuture<'a, Option<NetworkStatus<PayoutUpdate>>> {
        payout_scenario(order).submission.queried(order.attempt, || status(order, now))
    }
}

impl PayoutRail for SandboxRail {
    fn look_up<'a>(&'a self, key: &'a PixKey) -> RailFuture<'a, Option<DirectoryEntry>> {
        Box::pin(std::future::ready(directory_entry(key)))
    }
}

/// A key of the sandbox's directory that is not like the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DirectoryStory {
    /// The key; null for every other.
    pub key: Option<&'static str>,
    /// Whether the directory knows it.
    pub found: bool,
    /// Name of its owner; null for an owner named after the kind of key.
    pub owner_name: Option<&'static str>,
    /// CPF or CNPJ of its owner; null for the key itself where that is one.
    pub owner_document: Option<&'static str>,
    /// In words.
    pub description: &'static str,
}

const PERSON: (&str, &str) = ("Maria Silva", "52998224725");
const COMPANY: (&str, &str) = ("Comercio Exemplo Ltda", "11222333000181");

/// The sandbox's directory; the first match wins.
pub const DIRECTORY: &[DirectoryStory] = &[
    unknown("nobody@sandbox.example"),
    unknown("+5511900000000"),
    unknown("00000000-0000-4000-8000-000000000000"),
    DirectoryStory {
        key: Some("company@sandbox.example"),
        found: true,
        owner_name: Some(COMPANY.0),
        owner_document: Some(COMPANY.1),
        description: "Belongs to a company.",
    },
    DirectoryStory {
        key: None,
        found: true,
        owner_name: None,
        owner_document: None,
        description: "Every other key is known. A CPF or CNPJ belongs to itself, any other key to \
            Maria Silva, CPF 529.982.247-25.",
    },
];

const fn unknown(key: &'static str) -> DirectoryStory {
    DirectoryStory {
        key: Some(key),
        found: false,
        owner_name: None,
        owner_document: None,
        description: "Not in the directory.",
    }
}

fn directory_entry(key: &PixKey) -> Result<Option<DirectoryEntry>, NoResponse> {
    let broken = |cause: &dyn std::fmt::Display| NoResponse::ConnectionFailed(cause.to_string());
    let matches = |story: &&DirectoryStory| story.key.is_none_or(|text| text == key.as_str());
    let story = DIRECTORY.iter().find(matches).expect("the last entry takes every key");
    if !story.found {
        return Ok(None);
    }
    let (kind, own) = match key.kind() {
        PixKeyKind::Cpf => (DocumentKind::Cpf, (PERSON.0, key.as_str())),
        PixKeyKind::Cnpj => (DocumentKind::Cnpj, (COMPANY.0, key.as_str())),
        PixKeyKind::Phone | PixKeyKind::Email | PixKeyKind::Evp => (DocumentKind::Cpf, PERSON),
    };
    let kind = if story.owner_document.is_some() { DocumentKind::Cnpj } else { kind };
    let document = Document::parse(kind, story.owner_document.unwrap_or(own.1));
    let bank = Bank::by_code("341").ok_or_else(|| broken(&"341 is in the list of banks"))?;
    Ok(Some(DirectoryEntry {
        owner_name: story.owner_name.unwrap_or(own.0).to_owned(),
        owner_document: document.map_err(|cause| broken(&cause))?,
        bank,
        account_kind: BankAccountKind::Checking,
    }))
}

/// What a trigger of the sandbox makes a network tell about a payout.
pub fn outcome_status(
    outcome: PayoutOutcome,
    reason: Option<PayoutReason>,
    order: &PayoutOrder,
) -> Result<NetworkStatus<PayoutUpdate>, Error> {
    payout_update(outcome, reason, order).map(NetworkStatus::single)
}
