//! An order to the acquirer of a charge: authorise, capture, void, reverse, or pay early.
//!
//! The order is a row beside its charge, as the order of a boleto is. It exists until the acquirer has
//! answered; a charge has at most one at a time.
//!
//! An authorisation is submitted once. If its answer is lost and the acquirer does not have it, it may still
//! arrive there, so Trilho reverses it by its own id and never submits another (docs/adr/0044).
use crate::charge::card::{CardToken, CardUpdate};
use crate::kernel::{AccountId, ChargeId, Due, string_enum};
use crate::network::{NetworkAction, OutboundOrder, Submission};
use crate::receivable::AnticipationPart;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long a worker may submit an authorisation after the charge was created. The payer waits, and tokens of
/// acquirers live for minutes.
const AUTHORIZE_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How long a worker submits any other order, which is safe to repeat.
const SUBMIT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

string_enum! {
    /// What an order tells the acquirer.
    CardInstructionKind {
        /// Authorise the amount, and capture it if the charge says so.
        Authorize = "authorize",
        /// Capture an authorised amount.
        Capture = "capture",
        /// End an authorisation.
        Void = "void",
        /// Undo an authorisation whose answer was lost.
        Reverse = "reverse",
        /// Pay instalments early.
        Anticipate = "anticipate",
    }
}

/// What an order tells the acquirer, with all that the acquirer needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CardInstruction {
    /// Authorise the amount.
    Authorize {
        /// Card of the payer.
        token: CardToken,
        /// Number of instalments.
        installments: u8,
        /// Whether the acquirer captures the amount at once.
        is_captured: bool,
        /// Address of the payment page of the charge. The issuer sends the payer back there.
        return_url: String,
        /// Text on the invoice of the card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        soft_descriptor: Option<String>,
    },
    /// Capture the amount of the order, which may be less than was authorised.
    Capture {
        /// Id of the payment at the acquirer.
        payment_id: String,
        /// Number of instalments.
        installments: u8,
    },
    /// End the authorisation.
    Void {
        /// Id of the payment at the acquirer.
        payment_id: String,
    },
    /// Undo the authorisation of an earlier order, if the acquirer has it.
    Reverse {
        /// Id of that order.
        order_id: String,
    },
    /// Pay instalments early.
    Anticipate {
        /// Id of the payment at the acquirer.
        payment_id: String,
        /// Instalments, first to last.
        parts: Vec<AnticipationPart>,
        /// Time of the early payment in the offer.
        offered_at: Timestamp,
    },
}

impl CardInstruction {
    /// Returns the word of the instruction.
    pub const fn kind(&self) -> CardInstructionKind {
        match self {
            Self::Authorize { .. } => CardInstructionKind::Authorize,
            Self::Capture { .. } => CardInstructionKind::Capture,
            Self::Void { .. } => CardInstructionKind::Void,
            Self::Reverse { .. } => CardInstructionKind::Reverse,
            Self::Anticipate { .. } => CardInstructionKind::Anticipate,
        }
    }
}

/// The next step with an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum CardOrderStep {
    /// Submit the order.
    Submit,
    /// Query the acquirer for the status of the order.
    Query,
    /// Apply the update that the acquirer announced for this time.
    ApplyUpdate {
        /// The announced update.
        update: CardUpdate,
    },
}

/// An order as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardOrder {
    /// Account of the charge.
    pub account_id: AccountId,
    /// Charge that the order is about.
    pub charge_id: ChargeId,
    /// Number of the order, from 1 for each charge.
    pub number: u32,
    /// Amount in cents.
    pub amount_cents: u64,
    /// What the order tells the acquirer.
    pub instruction: CardInstruction,
    /// State of the order at the acquirer.
    pub submission: Submission,
    /// Next step with the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<CardOrderStep>>,
    /// Number of changes so far.
    pub version: u64,
}

impl OutboundOrder for CardOrder {
    /// Returns true: an answered order is removed.
    fn is_in_flight(&self) -> bool {
        true
    }

    fn submission(&self) -> Option<&Submission> {
        Some(&self.submission)
    }

    fn submission_mut(&mut self) -> Option<&mut Submission> {
        Some(&mut self.submission)
    }

    fn next_action(&self) -> Option<(Timestamp, NetworkAction)> {
        let due = self.due.as_ref()?;
        match due.step {
            CardOrderStep::Submit => Some((due.at, NetworkAction::Submit)),
            CardOrderStep::Query => Some((due.at, NetworkAction::Query)),
            CardOrderStep::ApplyUpdate { .. } => None,
        }
    }

    fn schedule_action(&mut self, action: NetworkAction, at: Timestamp) {
        let step = match action {
            NetworkAction::Submit => CardOrderStep::Submit,
            NetworkAction::Query => CardOrderStep::Query,
        };
        self.due = Some(Due { at, step });
    }

    fn submit_deadline(&self) -> Option<Timestamp> {
        let window = match self.instruction.kind() {
            CardInstructionKind::Authorize => AUTHORIZE_FOR,
            CardInstructionKind::Capture
            | CardInstructionKind::Void
            | CardInstructionKind::Reverse
            | CardInstructionKind::Anticipate => SUBMIT_FOR,
        };
        Some(self.submission.queued_at + window)
    }

    /// Returns true if the acquirer may get the order. An authorisation that may be there already is never
    /// submitted again: the first claim submits it, and every later one finds that the acquirer has it or not.
    fn may_be_submitted(&self, now: Timestamp) -> bool {
        let is_first = self.submission.attempts <= 1;
        let is_repeatable = self.instruction.kind() != CardInstructionKind::Authorize;
        (is_first || is_repeatable) && self.submit_deadline().is_some_and(|end| now < end)
    }
}
