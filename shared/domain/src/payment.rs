//! Payments: facts that a network reported, apart from the charges that asked for them.

mod network_payment_id;
mod payment;
mod report;
mod view;

pub use network_payment_id::NetworkPaymentId;
pub use payment::Payment;
pub use report::{PaymentReport, ReportedPayer};
pub use view::{PayingPartyView, PaymentView};
