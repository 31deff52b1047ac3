//! Charges with a due date: what the payer owes on a day. Pix with a due date and boletos share these
//! rules.
mod amount_due;
mod interest;
mod portion;
mod rounding;
mod terms;

pub use amount_due::AmountDue;
pub use interest::Interest;
pub use portion::Portion;
pub use terms::{Discount, DueTerms};
