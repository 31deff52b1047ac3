//! The filters of lists and files of instalments.

use domain::kernel::ChargeId;
use domain::receivable::ReceivableStatus;
use edge::{SpanEnd, SpanStart};
use store::ReceivableFilter;

/// Returns the filter of the fields of a query.
pub(crate) fn filter(
    (from, until): (Option<SpanStart>, Option<SpanEnd>),
    status: Option<ReceivableStatus>,
    charge_id: Option<ChargeId>,
) -> ReceivableFilter {
    ReceivableFilter {
        settles_from: from.map(|from| from.0),
        settles_until: until.map(|until| until.0),
        status,
        charge_id,
    }
}
