//! A movement of the balance, which is a line of a file.

use jiff::Timestamp;

use crate::LineKind;

/// A movement of the balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Id of the ledger entry. It never changes, because importers recognise lines by it.
    pub id: String,
    /// Sequence of the entry in the ledger. It rises from line to line, with gaps for entries that
    /// do not change the balance.
    pub sequence: u64,
    /// Time of the entry, within the period and never before the previous line.
    pub occurred_at: Timestamp,
    /// Reason of the movement.
    pub kind: LineKind,
    /// Amount in cents, below 0 for an outgoing movement; never 0.
    pub amount_cents: i64,
    /// Balance after the line, in cents.
    pub balance_after_cents: u64,
    /// Id of the charge, payout or refund.
    pub transaction_id: String,
    /// Caller's own id of it: free text, at most 255 characters.
    pub reference: Option<String>,
    /// Text of the caller or the payer: free text, at most 140 characters.
    pub description: Option<String>,
    /// End-to-end id of the Pix payment, 32 letters and digits.
    pub end_to_end_id: Option<String>,
    /// Payer or recipient; none for a fee.
    pub counterparty: Option<LineParty>,
    /// Id of the charge that a refund belongs to.
    pub charge_id: Option<String>,
    /// End-to-end id of the return, for a refund and for money that came back.
    pub return_id: Option<String>,
    /// Why money came back.
    pub failure: Option<LineFailure>,
}

/// Why money came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFailure {
    /// Reason as a word, such as `beneficiary_request`.
    pub code: &'static str,
    /// Code of the network, such as `MD06`: free text, at most 35 characters.
    pub network_code: Option<String>,
}

/// The other party of a movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineParty {
    /// Name: free text, at most 200 characters.
    pub name: String,
    /// Kind of the document: `CPF` or `CNPJ`.
    pub document_type: &'static str,
    /// CNPJ, or CPF in its masked form.
    pub document: String,
    /// ISPB of its institution, 8 characters, if it is known.
    pub ispb: Option<String>,
    /// Name of the institution, if it is known.
    pub bank_name: Option<String>,
}
