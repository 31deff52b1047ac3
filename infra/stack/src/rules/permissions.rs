//! Rules for permissions: roles, and the services that may start a function.

use serde_json::{Value, json};

use super::deployment::{Deployment, statements};
use super::findings::Findings;
use super::template::{Resource, list, referred, texts};

/// Actions on rows. The condition on `dynamodb:LeadingKeys` must hold for all values of a request,
/// so it also holds for a request without keys. Scan and PartiQL would pass it, so they are not in
/// this list.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
const OF_ROWS: [&str; 7] = [
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
];
/// Actions on a stream that Lambda uses in the name of the function.
const OF_STREAMS: [&str; 4] = [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
];

/// Actions on files.
const OF_FILES: [&str; 2] = ["s3:GetObject", "s3:PutObject"];

/// Returns every statement of every policy.
fn all_statements<'a>(deployment: &'a Deployment<'_>) -> Vec<(Resource<'a>, &'a Value)> {
    fn walk<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
        match value {
            Value::Object(fields) if fields.contains_key("Effect") => found.push(value),
            Value::Object(fields) => fields.values().for_each(|value| walk(value, found)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let resources = deployment.templates().flat_map(|template| template.resources());
    resources
        .flat_map(|resource| {
            let mut found = Vec::new();
            walk(resource.body, &mut found);
            found.into_iter().map(move |statement| (resource, statement))
        })
        .collect()
}

/// Checks that permissions name exact actions, so that they do not include what AWS adds later. A
/// denial may have wildcards.
pub(super) fn exact_actions(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (resource, statement) in all_statements(deployment) {
        let actions = texts(&statement["Action"]);
        let wide = actions.is_empty() || actions.iter().any(|action| action.contains('*'));
        if statement["Effect"] != "Deny" && wide {
            findings.at(resource, "name each action; no *, no NotAction");
        }
    }
}

/// Checks that permissions name exact resources and principals, also in parameters from the root.
/// The ARN of a log group ends with `:*`, but that is CloudFormation's spelling of one group.
pub(super) fn exact_resources(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (resource, statement) in all_statements(deployment) {
        let to = &statement["Resource"];
        let given = list(to).into_iter().filter_map(referred);
        let given = given.filter_map(|name| deployment.given(resource.template, name));
        let mut names = texts(to);
        names.extend(texts(&statement["Principal"]));
        names.extend(given.flat_map(texts));
        let trust = to.is_null() && statement["Principal"].is_object();
        let many = |name: &&str| name.contains('*') && !is_kind_of_files(name);
        let wide = (to.is_null() && !trust) || names.iter().any(many);
        if statement["Effect"] != "Deny" && wide {
            findings.at(resource, "name each resource; no *, no NotResource");
        }
    }
}

/// Checks that rights on rows name key families. A function that creates charges has no right on
/// books, though both are rows of one table.
pub(super) fn rows_by_family(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (resource, statement) in all_statements(deployment) {
        let actions = texts(&statement["Action"]);
        let of_tables = actions.iter().any(|action| action.starts_with("dynamodb:"));
        let of_streams = actions.iter().all(|action| OF_STREAMS.contains(action));
        if !of_tables || of_streams || statement["Effect"] == "Deny" {
            continue;
        }
        if let Some(other) = actions.iter().find(|action| !OF_ROWS.contains(action)) {
            findings.at(resource, format!("{other} is not an action on rows by their key"));
            continue;
        }
        let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
        let only = json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}});
        let families = texts(keys);
        let exact = !families.is_empty() && families.iter().all(|key| is_family(key));
        if !exact || statement["Condition"] != only {
            findings
                .at(resource, "the condition must be ForAllValues:StringLike on FAMILY#* alone");
        }
    }
}

fn is_family(key: &str) -> bool {
    let name = key.strip_suffix("#*").unwrap_or_default();
    !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

/// Checks that rights on files name one kind of file. A function that writes statements can write
/// no other kind, and cannot list or delete files.
pub(super) fn files_by_kind(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (resource, statement) in all_statements(deployment) {
        let actions = texts(&statement["Action"]);
        let of_files = actions.iter().any(|action| action.starts_with("s3:"));
        let exact = actions.iter().all(|action| OF_FILES.contains(action))
            && texts(&statement["Resource"]).iter().all(|to| is_kind_of_files(to));
        if of_files && statement["Effect"] != "Deny" && !exact {
            let advice = format!("only {}, on one kind of file of the bucket", OF_FILES.join(", "));
            findings.at(resource, advice);
        }
    }
}

/// Returns true for the files of one kind, which share the first part of the key. Only these
/// resources end in `*`, because each file is a resource.
fn is_kind_of_files(resource: &str) -> bool {
    let name = resource.strip_prefix("arn:${AWS::Partition}:s3:::${FilesBucket}/");
    let name = name.and_then(|rest| rest.strip_suffix("/*")).unwrap_or_default();
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// Checks that no two functions share a role.
pub(super) fn one_role_each(deployment: &Deployment<'_>, findings: &mut Findings) {
    for role in deployment.resources("AWS::IAM::Role") {
        let users = deployment.of(role, "AWS::Lambda::Function", "Role").count();
        if users != 1 {
            findings.at(role, format!("{users} functions have this role; exactly one must"));
        }
    }
}

/// Checks that all rights of a function are in its role, where the other rules check them.
pub(super) fn rights_in_roles(deployment: &Deployment<'_>, findings: &mut Findings) {
    let trust = json!([{
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }]);
    for role in deployment.resources("AWS::IAM::Role") {
        if !role.property("ManagedPolicyArns").is_null() || statements(role).is_empty() {
            findings.at(role, "write the statements out in Policies; no managed policies");
        }
        if role.property("AssumeRolePolicyDocument")["Statement"] != trust {
            findings.at(role, "only Lambda may assume the role of a function");
        }
    }
    for resource in deployment.templates().flat_map(|template| template.resources()) {
        let kind = resource.body["Type"].as_str().unwrap_or_default();
        if kind.starts_with("AWS::IAM::") && kind != "AWS::IAM::Role" {
            findings.at(resource, "put it into the role of the function");
        }
    }
}

/// Checks that a service may start a function only for one resource of the stack. Without the
/// condition, a resource of any AWS account could start it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
pub(super) fn exact_callers(deployment: &Deployment<'_>, findings: &mut Findings) {
    for permission in deployment.resources("AWS::Lambda::Permission") {
        let from = texts(permission.property("SourceArn"));
        let service = texts(permission.property("Principal"));
        let services = ["apigateway.amazonaws.com", "events.amazonaws.com"];
        let whole = !from.is_empty() && !from.iter().any(|arn| arn.contains('*'));
        if !whole || service.len() != 1 || !services.contains(&service[0]) {
            findings.at(
                permission,
                "name the service in Principal and one caller in SourceArn, without *",
            );
        }
    }
}
