//! The brake on changes that would lose data or the address of the API.
//!
//! A replaced table, secret, bucket or API is a new and empty one: the old one is kept outside of the
//! stack, but the functions no longer use it.

use crate::change_set::ResourceChange;

/// The types of resources that keep data, credentials or the address of the API.
const PROTECTED: [&str; 4] = [
    "AWS::DynamoDB::Table",
    "AWS::SecretsManager::Secret",
    "AWS::S3::Bucket",
    "AWS::ApiGatewayV2::Api",
];

/// The resources of the root template of these types, for the stack policy.
const PROTECTED_IDS: [&str; 7] =
    ["MainTable", "DeliveriesTable", "Pepper", "Signing", "ReceiptSigning", "FilesBucket", "Api"];

/// Refuses changes that replace or remove a protected resource, unless its id is `allowed`.
pub(crate) fn check(changes: &[ResourceChange], allowed: &[String]) -> Result<(), String> {
    let losses: Vec<_> = changes
        .iter()
        .filter(|change| is_loss(change) && !allowed.contains(&change.resource))
        .collect();
    if losses.is_empty() {
        return Ok(());
    }
    let lines = losses.iter().map(|change| {
        let what = if change.action == "Remove" { "removed" } else { "replaced by an empty one" };
        format!("\n  {} ({}) would be {what}", change.resource, change.kind)
    });
    let options = losses.iter().map(|change| format!(" --allow-replacement={}", change.resource));
    Err(format!(
        "the stack was not changed, because it would lose data or its address:{}\nIf this is what \
         you want, read docs/runbook.md, Update, and add:{}",
        lines.collect::<String>(),
        options.collect::<String>()
    ))
}

/// Returns true if the change replaces or removes a protected resource. CloudFormation says
/// "Conditional" of many resources of nested stacks that it does not replace, so there only a
/// definite answer counts.
fn is_loss(change: &ResourceChange) -> bool {
    let protected = PROTECTED.contains(&change.kind.as_str());
    let replaced = match change.replacement.as_str() {
        "True" => true,
        "Conditional" => !change.nested,
        _ => change.action == "Dynamic" && !change.nested,
    };
    protected && (change.action == "Remove" || (change.action != "Add" && replaced))
}

/// Returns the policy of a live stack, by which CloudFormation itself refuses such changes, except
/// of `allowed` resources.
pub(crate) fn stack_policy(allowed: &[String]) -> String {
    let kept = PROTECTED_IDS.iter().filter(|id| !allowed.iter().any(|allowed| allowed == *id));
    let kept: Vec<_> = kept.map(|id| format!("LogicalResourceId/{id}")).collect();
    let mut statements = vec![serde_json::json!(
        {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
    )];
    if !kept.is_empty() {
        statements.push(serde_json::json!({
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["Update:Replace", "Update:Delete"],
            "Resource": kept,
        }));
    }
    serde_json::json!({ "Statement": statements }).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A change as `describe-change-set` has it, in the root or in the nested stack `within`.
    fn change(
        within: &str,
        id: &str,
        kind: &str,
        action: &str,
        replacement: &str,
    ) -> ResourceChange {
        let fixture = json!({
            "LogicalResourceId": id,
            "ResourceType": kind,
            "Action": action,
            "Replacement": replacement,
        });
        ResourceChange::read(&fixture, within)
    }

    #[track_caller]
    fn refused(change: ResourceChange) -> String {
        let id = change.resource.clone();
        let refusal = check(std::slice::from_ref(&change), &[]).expect_err(&id);
        assert!(refusal.contains(&format!("--allow-replacement={id}")), "{refusal}");
        let other = vec!["Other".to_owned()];
        assert!(check(std::slice::from_ref(&change), &other).is_err());
        assert_eq!(check(&[change], &[id]), Ok(()));
        refusal
    }

    const TABLE: &str = "AWS::DynamoDB::Table";
    const NESTED: &str = "AWS::CloudFormation::Stack";

    #[test]
    fn a_replaced_or_removed_table_secret_bucket_or_api_is_refused() {
        for (id, kind) in [
            ("MainTable", TABLE),
            ("Pepper", "AWS::SecretsManager::Secret"),
            ("FilesBucket", "AWS::S3::Bucket"),
            ("Api", "AWS::ApiGatewayV2::Api"),
        ] {
            let text = refused(change("", id, kind, "Modify", "True"));
            assert!(text.contains(&format!("{id} ({kind}) would be replaced")), "{text}");
            refused(change("", id, kind, "Modify", "Conditional"));
            let text = refused(change("", id, kind, "Remove", ""));
            assert!(text.contains("would be removed"), "{text}");
            refused(change("", id, kind, "Dynamic", ""));
            refused(change("Payin/", id, kind, "Modify", "True"));
            refused(change("Payin/", id, kind, "Remove", ""));
        }
    }

    #[test]
    fn other_changes_pass() {
        for passing in [
            change("", "MainTable", TABLE, "Modify", "False"),
            change("", "MainTable", TABLE, "Add", ""),
            change("", "Payin", NESTED, "Modify", "Conditional"),
            change("Payin/", "Table", TABLE, "Modify", "Conditional"),
            change("Payin/", "CreateCharge", "AWS::Lambda::Function", "Remove", ""),
            change("", "Dashboard", "AWS::CloudWatch::Dashboard", "Modify", "True"),
        ] {
            assert_eq!(check(&[passing], &[]), Ok(()));
        }
    }

    #[test]
    fn the_policy_denies_what_is_not_allowed() {
        let policy = stack_policy(&["Api".to_owned()]);
        let policy: serde_json::Value = serde_json::from_str(&policy).expect("json");
        let denied = &policy["Statement"][1];
        assert_eq!(denied["Effect"], "Deny");
        assert_eq!(denied["Action"], json!(["Update:Replace", "Update:Delete"]));
        let ids =
            ["MainTable", "DeliveriesTable", "Pepper", "Signing", "ReceiptSigning", "FilesBucket"];
        assert_eq!(denied["Resource"], json!(ids.map(|id| format!("LogicalResourceId/{id}"))));
        let all = PROTECTED_IDS.map(str::to_owned);
        assert!(!stack_policy(&all).contains("Deny"));
    }

    /// The ids of the policy are those of the root template.
    #[test]
    fn the_policy_names_every_protected_resource_of_the_template() {
        let templates = ::stack::templates(::stack::functions());
        let (_, root) =
            templates.iter().find(|(name, _)| name == "template.yaml").expect("the root");
        let mut found = Vec::new();
        let mut id = "";
        for line in root.lines() {
            if line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':') {
                id = line.trim().trim_end_matches(':');
            }
            let kind = line.trim().strip_prefix("Type: ").unwrap_or_default();
            if PROTECTED.contains(&kind) {
                found.push(id);
            }
        }
        found.sort_unstable();
        let mut expected = PROTECTED_IDS.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
