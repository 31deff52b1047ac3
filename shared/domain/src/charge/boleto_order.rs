//! An order to the bank of a boleto: register it, change it, or write it off.
//!
//! The order is a row beside its charge, so that a lease of a worker and a payment of the charge do not
//! meet. It exists until the bank has answered; a charge has at most one at a time.
use crate::charge::{BoletoTexts, BoletoUpdate, DueTerms, Payer};
use crate::kernel::{AccountId, ChargeId, Due, string_enum};
use crate::network::{NetworkAction, OutboundOrder, Submission};
use brazil::BankBarcode;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long a worker submits an order that the bank does not have. A boleto is no payment, so a late order
/// does no harm; this time only ends what can never succeed.
const SUBMIT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

string_enum! {
    /// What an order tells the bank.
    BoletoInstructionKind {
        /// Register the boleto.
        Register = "register",
        /// Change its terms.
        Change = "change",
        /// Take no payment any more ("baixa").
        WriteOff = "write_off",
    }
}

/// What the bank registers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoletoTitle {
    /// Barcode.
    pub barcode: BankBarcode,
    /// Due date, and how the amount changes with the day of the payment.
    pub terms: DueTerms,
    /// Payer, with the address.
    pub payer: Payer,
    /// Texts of the slip.
    pub texts: BoletoTexts,
    /// Text of the QR code of the same debt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub br_code: Option<String>,
    /// Day on which the boleto was made.
    pub issued_on: Date,
}

/// What an order tells the bank, with all that the bank needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BoletoInstruction {
    /// Register the boleto.
    Register {
        /// What the bank registers.
        title: Box<BoletoTitle>,
    },
    /// Change the terms.
    Change {
        /// All terms after the change.
        terms: Box<DueTerms>,
    },
    /// Take no payment any more.
    WriteOff,
}

impl BoletoInstruction {
    /// Returns the word of the instruction.
    pub const fn kind(&self) -> BoletoInstructionKind {
        match self {
            Self::Register { .. } => BoletoInstructionKind::Register,
            Self::Change { .. } => BoletoInstructionKind::Change,
            Self::WriteOff => BoletoInstructionKind::WriteOff,
        }
    }
}

/// The next step with an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum BoletoOrderStep {
    /// Submit the order.
    Submit,
    /// Query the bank for the status of the order.
    Query,
    /// Apply the update that the bank announced for this time.
    ApplyUpdate {
        /// The announced update.
        update: BoletoUpdate,
    },
}

/// An order as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoletoOrder {
    /// Account of the charge.
    pub account_id: AccountId,
    /// Charge of the boleto.
    pub charge_id: ChargeId,
    /// Number of the order, from 1 for each charge.
    pub number: u32,
    /// Number of the boleto.
    pub our_number: u64,
    /// Face value in cents.
    pub amount_cents: u64,
    /// What the order tells the bank.
    pub instruction: BoletoInstruction,
    /// State of the order at the bank.
    pub submission: Submission,
    /// Next step with the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<BoletoOrderStep>>,
    /// Number of changes so far.
    pub version: u64,
}

impl OutboundOrder for BoletoOrder {
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
            BoletoOrderStep::Submit => Some((due.at, NetworkAction::Submit)),
            BoletoOrderStep::Query => Some((due.at, NetworkAction::Query)),
            BoletoOrderStep::ApplyUpdate { .. } => None,
        }
    }

    fn schedule_action(&mut self, action: NetworkAction, at: Timestamp) {
        let step = match action {
            NetworkAction::Submit => BoletoOrderStep::Submit,
            NetworkAction::Query => BoletoOrderStep::Query,
        };
        self.due = Some(Due { at, step });
    }

    fn submit_deadline(&self) -> Option<Timestamp> {
        Some(self.submission.queued_at + SUBMIT_FOR)
    }
}
