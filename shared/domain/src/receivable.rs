//! Receivables: the instalments of sales by card, which an acquirer pays on their own days or early.

mod anticipation;
mod installments;
mod receivable;
mod record;
mod view;

pub use anticipation::{
    Anticipation, AnticipationOffer, AnticipationPart, AnticipationTerms, InstallmentFees,
};
pub use installments::installments;
pub use receivable::Receivable;
pub use record::{ReceivableRecord, ReceivableStatus};
pub use view::{ReceivableRecordView, ReceivableView};
