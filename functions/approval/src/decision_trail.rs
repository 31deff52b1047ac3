//! Lines of the audit trail about decisions on payouts.

use domain::access::{AuditAction, AuditEvent};
use domain::payout::{Payout, PayoutStatus};
use edge::Call;
use serde_json::json;

/// Returns the line of an approval: what the user agreed to, and what followed.
pub(crate) fn approval_line<I, T>(
    call: &Call<I, T>,
    before: PayoutStatus,
    payout: &Payout,
) -> AuditEvent {
    call.audit(
        AuditAction::PayoutApproved,
        payout.id,
        json!({ "status": before }),
        payout.audited_approval(),
    )
}
