//! Statement files of an account: CSV, OFX, JSON Lines and CAMT.053, written line by line.
//!
//! The crate is pure: it does no input or output, reads no clock and uses no randomness. The same
//! statement always gives the same bytes. If a format asks for its creation time, it gets the end
//! of the period. A [`Writer`] appends to a vector that its caller drains, and keeps no line. It
//! can stop after any line and continue from its [`Progress`].
//!
//! Only movements of the balance are lines. Each line states the balance after it, and the writer
//! stops with an error if that is wrong. So every finished file has opening + lines = closing, and
//! its reader can check this again.
//!
//! | format | opening balance | closing balance |
//! |---|---|---|
//! | CSV | balance − amount of the first row | balance of the last row |
//! | OFX 1.02 | `MKTGINFO` | `LEDGERBAL` |
//! | OFX 2.2 | `BALLIST` | `LEDGERBAL` |
//! | JSON Lines | the first line | the last line |
//! | CAMT.053 | `Bal` of type `OPBD` | `Bal` of type `CLBD` |
//!
//! Texts come from callers and payers. JSON Lines has them unchanged. The other formats have them
//! on one line, without characters that XML does not allow. CSV also neutralises text that a
//! spreadsheet would run.

#![warn(missing_docs)]

mod camt;
mod chain;
mod elements;
mod format;
mod json_lines;
mod kind;
mod line;
mod money;
mod ofx;
mod period;
mod receivables;
mod rows;
mod text;
mod writer;

pub use chain::{CENTS_MAX, ChainError, LastLine, Progress, Totals};
pub use format::Format;
pub use kind::LineKind;
pub use line::{Line, LineFailure, LineParty};
pub use period::Statement;
pub use receivables::{ReceivableLine, receivables_file};
pub use writer::Writer;
