//! The groups of operations, in the order in which readers look for them.

use serde_json::{Value, json};

/// The group of the events that an endpoint receives.
pub(super) const WEBHOOKS: &str = "Webhooks";
const SANDBOX: &str = "Sandbox";

/// The groups: names, descriptions, and the parts of a path that lead to them.
const TAGS: &[(&str, &str, &[&str])] = &[
    ("Charges", "Ask a payer for money, and show the QR code.", &["charges"]),
    ("Refunds", "Send money of a charge back to its payer.", &["refunds"]),
    ("Payouts", "Send money to a Pix key or a bank account.", &["payouts"]),
    ("Payout batches", "Send up to 500 payouts in one request.", &["payout-batches"]),
    ("Payout settings", "Limits, approval and review of payouts.", &["payout-settings"]),
    ("Pix keys", "Find out who owns a Pix key before a payout.", &["pix-keys"]),
    ("Balance", "The money of the account, now or on a past day.", &["balance"]),
    ("Statement", "Every movement of the balance, day by day.", &["statement"]),
    ("Transactions", "Charges, refunds and payouts in one form.", &["transactions"]),
    (
        "Statement exports",
        "Statements as CSV, OFX, CAMT.053 and JSON Lines.",
        &["statement-exports"],
    ),
    ("Statement schedules", "Statement files every day, week or month.", &["statement-schedules"]),
    ("Webhook endpoints", "The URLs to which Trilho sends events.", &["webhook-endpoints"]),
    ("Events", "What happened to charges, refunds, payouts and exports.", &["events"]),
    ("Deliveries", "The attempts to send an event to an endpoint.", &["deliveries"]),
    (WEBHOOKS, "The requests that an endpoint receives.", &[]),
    (SANDBOX, "Pay charges and decide outcomes with play money.", &["sandbox"]),
    ("Me", "The caller, their rights, their password and their second factor.", &["me"]),
    ("Sessions", "Log in, log out, and see where else you are logged in.", &["sessions"]),
    ("Users", "People and programs of the account, and their rights.", &["users"]),
    (
        "Invitations",
        "Invite a person again, and accept an invitation with a password.",
        &["invitations", "invitation"],
    ),
    ("API keys", "Credentials of programs.", &["api-keys"]),
    ("Usage", "Calls of each API key on each day.", &["usage"]),
    ("Audit trail", "Who changed access, settings and endpoints.", &["audit-events"]),
    ("QR code payloads", "What a payer's bank reads when it scans a QR code.", &["pix"]),
    ("Docs", "This document and the error codes.", &["docs", "openapi.json"]),
    ("Health", "Whether the API answers.", &["health"]),
];

/// Returns the groups for the document.
pub(super) fn all() -> Value {
    TAGS.iter().map(|(name, text, _)| json!({ "name": name, "description": text })).collect()
}

/// Returns the group of an operation: the one of the last part of its path that names a group. The
/// sandbox has its own group.
pub(super) fn of(path: &str) -> &'static str {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty() && *part != "v1").collect();
    if parts.first() == Some(&"sandbox") {
        return SANDBOX;
    }
    let named = |part: &&str| TAGS.iter().find(|(_, _, parts)| parts.contains(part));
    match parts.iter().rev().find_map(named) {
        Some((name, _, _)) => name,
        None => panic!("{path} belongs to no group; add one to openapi/tags.rs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_that_names_a_group_decides() {
        for (path, expected) in [
            ("/v1/charges/{id}/cancel", "Charges"),
            ("/v1/charges/{id}/refunds", "Refunds"),
            ("/v1/users/{id}/api-keys", "API keys"),
            ("/v1/users/{id}/two-factor/reset", "Users"),
            ("/v1/sandbox/charges/{id}/pay", "Sandbox"),
            ("/openapi.json", "Docs"),
        ] {
            assert_eq!(of(path), expected, "{path}");
        }
    }
}
