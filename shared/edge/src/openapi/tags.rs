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
    (
        "Beneficiaries",
        "Save who receives payouts, and the keys and accounts at which they do.",
        &["beneficiaries"],
    ),
    (
        "Collections",
        "Let beneficiaries enter their own Pix keys by a link, and check whose they are.",
        &["collections"],
    ),
    ("KYC", "Explain payouts to compliance with documents and texts.", &["kyc-requests"]),
    (
        "Payout settings",
        "Limits, approvals and review of payouts, and who lowers them.",
        &["payout-settings", "payout-settings-changes"],
    ),
    (
        "Receivables",
        "The instalments of sales by card, and their early payment.",
        &["receivables", "anticipation"],
    ),
    ("Payments", "What the network reported as arrived, and who paid.", &["payments"]),
    ("Credits", "Decide about payments that matched no charge.", &["credits"]),
    ("Credit settings", "Rules for payments that match no charge exactly.", &["credit-settings"]),
    ("Pix keys", "Find out who owns a Pix key before a payout.", &["pix-keys"]),
    ("Boletos", "Read the digits of a boleto.", &["boletos"]),
    (
        "Receipts",
        "Documents for payers and payees, and the page that confirms them.",
        &["receipt", "receipts", "receipt-keys"],
    ),
    ("Account", "Products, fees and limits of the account.", &["account"]),
    ("Balance", "The money of the account, now or on a past day.", &["balance"]),
    (
        "Balance blocks",
        "Money that may not be used, and the alert for a low balance.",
        &["balance-blocks", "balance-alert"],
    ),
    ("Disputes", "Demands of networks for the money of charges.", &["disputes"]),
    ("Statement", "Every movement of the balance, day by day.", &["statement"]),
    ("Transactions", "Charges, refunds, payouts and credits in one form.", &["transactions"]),
    (
        "Statement exports",
        "Statements as CSV, OFX, CAMT.053 and JSON Lines.",
        &["statement-exports"],
    ),
    ("Statement schedules", "Statement files every day, week or month.", &["statement-schedules"]),
    ("Webhook endpoints", "The URLs to which Trilho sends events.", &["webhook-endpoints"]),
    ("Events", "What happened to charges, refunds, credits, payouts and exports.", &["events"]),
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
    ("Data Collect pages", "Pages on which a beneficiary enters a Pix key.", &["collect"]),
    ("Payment pages", "Pages that show a payer what to pay and how.", &["pay"]),
    (
        "QR code payloads",
        "What a payer's bank reads when it scans a QR code, and the code as a picture.",
        &["pix"],
    ),
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
