//! Charges that payers pay, and their refunds.

mod charge;
mod life;
mod method;
mod payment_id;
mod refund;
mod refund_life;
mod refund_status;
mod refund_update;
mod refund_view;
mod refunds;
mod update;
mod view;

pub use charge::{Charge, ChargeRefund, ChargeStatus, ChargeStep, NewCharge, Payer};
pub use method::{ChargeMethod, PixCharge};
pub use payment_id::PaymentId;
pub use refund::{NewRefund, Refund, RefundContext, RefundStep};
pub use refund_status::{RefundRejection, RefundStatus};
pub use refund_update::RefundUpdate;
pub use refund_view::RefundView;
pub use refunds::REFUNDS_MAX;
pub use update::ChargeUpdate;
pub use view::{ChargeView, DocumentView, PayerView, PixView};
