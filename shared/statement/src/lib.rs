//! Statement files of an account: CSV, OFX, JSON Lines and CAMT.053, written line by line.
//!
//! The crate is pure: it does no input or output, reads no clock and draws nothing by lot. The same
//! statement gives the same bytes for ever; where a format asks when it was made, it is told the end of
//! the period. A [`Writer`] appends to a vector that its caller drains, keeps no line, and can be left
//! after any line and taken up again from its [`Progress`].
//!
//! Only movements of the balance are lines. Each line says what the balance is after it, and the writer
//! goes on only while that is so: a file that was finished holds opening + lines = closing, proven as
//! it was written and provable again by whoever reads it.
//!
//! | format | where the opening is | where the closing is |
//! |---|---|---|
//! | CSV | balance − amount of the first row | balance of the last row |
//! | OFX 1.02 | `MKTGINFO` | `LEDGERBAL` |
//! | OFX 2.2 | `BALLIST` | `LEDGERBAL` |
//! | JSON Lines | the first line | the last line |
//! | CAMT.053 | `Bal` of type `OPBD` | `Bal` of type `CLBD` |
//!
//! Texts come from callers and payers. JSON Lines has them as they are. The others have them on one
//! line, without what is no character of XML, and the CSV without what a spreadsheet would run.

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
mod rows;
mod text;
mod writer;

pub use chain::{CENTS_MAX, ChainError, LastLine, Progress, Totals};
pub use format::Format;
pub use kind::LineKind;
pub use line::Line;
pub use period::Statement;
pub use writer::Writer;
