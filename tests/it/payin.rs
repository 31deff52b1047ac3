//! Charges and refunds.

mod charge_fields;
mod charge_lists;
mod charges;
mod group_commit;
mod inputs;
mod refund_fields;
mod refunds;
