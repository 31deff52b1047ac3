//! Names of the partitions of the audit trail, and of its copies for filters.

use domain::access::AuditFilter;
use domain::kernel::AccountId;

/// Returns the partition of the audit lines that the filter selects. The target comes last, because
/// only the target is text of a caller.
pub(crate) fn audit(account: &AccountId, filter: &AuditFilter) -> String {
    let AuditFilter { action, user_id, target } = filter;
    let action =
        action.and_then(|action| Some(serde_json::to_value(action).ok()?.as_str()?.to_owned()));
    let part = |name: &str, value: Option<String>| {
        value.map_or(String::new(), |value| format!("#{name}={value}"))
    };
    let user = part("user", user_id.map(|user| user.to_string()));
    format!("AUDIT#{account}{}{user}{}", part("action", action), part("target", target.clone()))
}
