//! Charges by card: the order to the acquirer, its answers, and the receivables of a sale.

mod agreement;
mod anticipation_life;
mod details;
mod installment_life;
mod life;
mod order;
mod receivable_listing;
mod receivable_refunds;
mod refund_part;
mod token;
mod update;
mod view;

pub use agreement::CardAgreement;
pub use details::{CardAuthorization, CardDetails};
pub use life::{CardOutcome, CardPayment};
pub use order::{CardInstruction, CardInstructionKind, CardOrder, CardOrderStep};
pub use refund_part::RefundPart;
pub use token::{CARD_TOKEN_LENGTH_MAX, CardToken};
pub use update::CardUpdate;
pub use view::ChargeCardView;
