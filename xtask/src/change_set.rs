//! What CloudFormation is going to do, before it does it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use crate::aws::{Aws, list, text};
use crate::console::table;
use crate::stack::Stack;

/// How CloudFormation says that there is nothing to do.
const EMPTY: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];

/// A change set that waits to be executed.
pub(crate) struct ChangeSet {
    id: String,
    /// One row for each change, a nested stack's after its own.
    pub(crate) rows: Vec<Vec<String>>,
}

impl ChangeSet {
    /// Makes one and waits for it; `None` when there is nothing to change.
    pub(crate) fn create(
        aws: &Aws,
        stack: &Stack,
        template_url: &str,
        parameters: &[Value],
    ) -> Result<Option<Self>, String> {
        let name = name();
        let kind = if stack.exists() { "UPDATE" } else { "CREATE" };
        let parameters = Value::from(parameters).to_string();
        let created = aws.json(&[
            "cloudformation",
            "create-change-set",
            "--stack-name",
            stack.name(),
            "--change-set-name",
            &name,
            "--change-set-type",
            kind,
            "--template-url",
            template_url,
            "--parameters",
            &parameters,
            "--include-nested-stacks",
            "--capabilities",
            // Roles have names of their own in some templates; nested stacks ask for the other.
            "CAPABILITY_NAMED_IAM",
            "CAPABILITY_AUTO_EXPAND",
        ])?;
        let id = text(&created, "Id");
        let wait = aws.wait();
        let change_set = loop {
            let seen = describe(aws, &id)?;
            match text(&seen, "Status").as_str() {
                "CREATE_COMPLETE" => break Self { rows: rows(aws, &seen, "")?, id },
                "FAILED" => {
                    let reason = text(&seen, "StatusReason");
                    Self { rows: Vec::new(), id }.delete(aws)?;
                    let empty = EMPTY.iter().any(|words| reason.contains(words));
                    return if empty { Ok(None) } else { Err(reason) };
                }
                _ => {
                    wait.pause(&format!("the change set {id} is not ready; nothing was changed"))?
                }
            }
        };
        if change_set.rows.is_empty() {
            change_set.delete(aws)?;
            return Ok(None);
        }
        Ok(Some(change_set))
    }

    /// The changes as a person reads them.
    pub(crate) fn table(&self) -> String {
        let head = ["action", "resource", "type", "replacement"].map(str::to_owned).to_vec();
        table(&std::iter::once(head).chain(self.rows.iter().cloned()).collect::<Vec<_>>())
    }

    pub(crate) fn execute(&self, aws: &Aws) -> Result<(), String> {
        let arguments = ["cloudformation", "execute-change-set", "--change-set-name", &self.id];
        aws.run(&arguments).map(drop)
    }

    pub(crate) fn delete(&self, aws: &Aws) -> Result<(), String> {
        let arguments = ["cloudformation", "delete-change-set", "--change-set-name", &self.id];
        aws.run(&arguments).map(drop)
    }
}

fn describe(aws: &Aws, id: &str) -> Result<Value, String> {
    aws.json(&["cloudformation", "describe-change-set", "--change-set-name", id])
}

fn rows(aws: &Aws, change_set: &Value, within: &str) -> Result<Vec<Vec<String>>, String> {
    let mut rows = Vec::new();
    for change in list(change_set, "Changes") {
        let change = &change["ResourceChange"];
        rows.push(row(change, within));
        let nested = text(change, "ChangeSetId");
        if !nested.is_empty() {
            let within = format!("{within}{}/", text(change, "LogicalResourceId"));
            rows.extend(self::rows(aws, &describe(aws, &nested)?, &within)?);
        }
    }
    Ok(rows)
}

fn row(change: &Value, within: &str) -> Vec<String> {
    let replacement = match text(change, "Replacement").as_str() {
        "True" => "REPLACED".to_owned(),
        "Conditional" => "perhaps".to_owned(),
        _ => String::new(),
    };
    let resource = format!("{within}{}", text(change, "LogicalResourceId"));
    vec![text(change, "Action"), resource, text(change, "ResourceType"), replacement]
}

/// Unique for the stack, and in the order they were made.
#[expect(clippy::disallowed_methods, reason = "a task has no request whose moment it could use")]
fn name() -> String {
    format!("deploy-{}", Timestamp::now().as_millisecond())
}

/// The parameters of a change set: what is given, and for the rest what the stack has. A parameter
/// that is neither has its default.
pub(crate) fn parameters(
    declared: &BTreeSet<String>,
    previous: &BTreeSet<String>,
    given: &[(String, String)],
) -> Result<Vec<Value>, String> {
    let unknown = given.iter().find(|(name, _)| !declared.contains(name));
    if let Some((name, _)) = unknown {
        let declared: Vec<_> = declared.iter().map(String::as_str).collect();
        return Err(format!("the template has no {name}; it has {}", declared.join(", ")));
    }
    let parameters = declared.iter().filter_map(|name| {
        let value = given.iter().rev().find(|(given, _)| given == name);
        match value {
            Some((_, value)) => {
                Some(serde_json::json!({"ParameterKey": name, "ParameterValue": value}))
            }
            None => previous
                .contains(name)
                .then(|| serde_json::json!({"ParameterKey": name, "UsePreviousValue": true})),
        }
    });
    Ok(parameters.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_is_not_given_stays_as_it_is() {
        let given = [("Stage".to_owned(), "live".to_owned())];
        let declared = names(&["AlarmEmail", "LogLevel", "Stage"]);
        let parameters = parameters(&declared, &names(&["AlarmEmail", "Gone", "Stage"]), &given);
        assert_eq!(
            parameters.expect("all are declared"),
            [
                json!({"ParameterKey": "AlarmEmail", "UsePreviousValue": true}),
                json!({"ParameterKey": "Stage", "ParameterValue": "live"}),
            ]
        );
    }

    #[test]
    fn a_parameter_that_the_template_lacks_is_refused_with_those_it_has() {
        let given = [("Satge".to_owned(), "live".to_owned())];
        let error = parameters(&names(&["LogLevel", "Stage"]), &names(&[]), &given);
        assert_eq!(
            error.expect_err("unknown"),
            "the template has no Satge; it has LogLevel, Stage"
        );
    }

    #[test]
    fn a_replacement_stands_out() {
        let change = json!({"Action": "Modify", "LogicalResourceId": "Table",
            "ResourceType": "AWS::DynamoDB::Table", "Replacement": "True"});
        let row = row(&change, "Payin/");
        assert_eq!(row, ["Modify", "Payin/Table", "AWS::DynamoDB::Table", "REPLACED"]);
    }
}
