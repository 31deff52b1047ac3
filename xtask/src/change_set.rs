//! Change sets: the changes that CloudFormation will make, before it makes them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use crate::aws::{Aws, list, text};
use crate::console::table;
use crate::stack::Stack;

/// Reasons that CloudFormation gives if there is nothing to change.
const EMPTY: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];

/// A change set that is ready to be executed.
pub(crate) struct ChangeSet {
    id: String,
    /// The changes; those of a nested stack follow its own.
    pub(crate) changes: Vec<ResourceChange>,
}

impl ChangeSet {
    /// Creates a change set and waits for it. Returns `None` if there is nothing to change.
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
            // For templates that name their roles, and for nested stacks.
            "CAPABILITY_NAMED_IAM",
            "CAPABILITY_AUTO_EXPAND",
        ])?;
        let id = text(&created, "Id");
        let wait = aws.wait();
        let change_set = loop {
            let described = describe(aws, &id)?;
            match text(&described, "Status").as_str() {
                "CREATE_COMPLETE" => break Self { changes: changes(aws, &described, "")?, id },
                "FAILED" => {
                    let reason = text(&described, "StatusReason");
                    Self { changes: Vec::new(), id }.delete(aws)?;
                    let empty = EMPTY.iter().any(|text| reason.contains(text));
                    return if empty { Ok(None) } else { Err(reason) };
                }
                _ => wait.pause(&format!(
                    "the change set {id} is not ready; the stack was not changed; run the \
                         task again"
                ))?,
            }
        };
        if change_set.changes.is_empty() {
            change_set.delete(aws)?;
            return Ok(None);
        }
        Ok(Some(change_set))
    }

    /// Returns the changes as a table.
    pub(crate) fn table(&self) -> String {
        let head = ["action", "resource", "type", "replacement"].map(str::to_owned).to_vec();
        table(
            &std::iter::once(head)
                .chain(self.changes.iter().map(ResourceChange::row))
                .collect::<Vec<_>>(),
        )
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

fn changes(aws: &Aws, change_set: &Value, within: &str) -> Result<Vec<ResourceChange>, String> {
    let mut changes = Vec::new();
    for change in list(change_set, "Changes") {
        let change = &change["ResourceChange"];
        changes.push(ResourceChange::read(change, within));
        let nested = text(change, "ChangeSetId");
        if !nested.is_empty() {
            let within = format!("{within}{}/", text(change, "LogicalResourceId"));
            changes.extend(self::changes(aws, &describe(aws, &nested)?, &within)?);
        }
    }
    Ok(changes)
}

/// A change of one resource, as CloudFormation describes it.
#[derive(Debug)]
pub(crate) struct ResourceChange {
    /// `Add`, `Modify`, `Remove` or `Dynamic`.
    pub(crate) action: String,
    /// Logical id, after the ids of the nested stacks around it: `Payin/CreateCharge`.
    pub(crate) resource: String,
    /// Type of the resource.
    pub(crate) kind: String,
    /// `True`, `False`, `Conditional`, or empty.
    pub(crate) replacement: String,
    /// Whether it is in a nested stack.
    pub(crate) nested: bool,
}

impl ResourceChange {
    pub(crate) fn read(change: &Value, within: &str) -> Self {
        Self {
            action: text(change, "Action"),
            resource: format!("{within}{}", text(change, "LogicalResourceId")),
            kind: text(change, "ResourceType"),
            replacement: text(change, "Replacement"),
            nested: !within.is_empty(),
        }
    }

    fn row(&self) -> Vec<String> {
        let replacement = match self.replacement.as_str() {
            "True" => "REPLACED",
            "Conditional" => "possibly",
            _ => "",
        };
        let Self { action, resource, kind, .. } = self;
        vec![action.clone(), resource.clone(), kind.clone(), replacement.to_owned()]
    }
}

/// Returns a name that is unique for the stack and sorts by time.
#[expect(
    clippy::disallowed_methods,
    reason = "a task has no request, so it reads the clock itself"
)]
fn name() -> String {
    format!("deploy-{}", Timestamp::now().as_millisecond())
}

/// Returns the parameters of a change set: the given values, and otherwise the values of the stack.
/// A new parameter without a given value has its default.
pub(crate) fn parameters(
    declared: &BTreeSet<String>,
    previous: &BTreeSet<String>,
    given: &[(String, String)],
) -> Result<Vec<Value>, String> {
    let unknown = given.iter().find(|(name, _)| !declared.contains(name));
    if let Some((name, _)) = unknown {
        let declared: Vec<_> = declared.iter().map(String::as_str).collect();
        return Err(format!(
            "the template has no parameter {name}; its parameters are {}",
            declared.join(", ")
        ));
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
    fn a_parameter_that_is_not_given_keeps_its_value() {
        let given = [("Stage".to_owned(), "live".to_owned())];
        let declared = names(&["AlarmEmail", "LogLevel", "Stage"]);
        let parameters = parameters(&declared, &names(&["AlarmEmail", "Removed", "Stage"]), &given);
        assert_eq!(
            parameters.expect("all are declared"),
            [
                json!({"ParameterKey": "AlarmEmail", "UsePreviousValue": true}),
                json!({"ParameterKey": "Stage", "ParameterValue": "live"}),
            ]
        );
    }

    #[test]
    fn an_unknown_parameter_is_refused_with_the_list_of_parameters() {
        let given = [("Satge".to_owned(), "live".to_owned())];
        let error = parameters(&names(&["LogLevel", "Stage"]), &names(&[]), &given);
        assert_eq!(
            error.expect_err("unknown"),
            "the template has no parameter Satge; its parameters are LogLevel, Stage"
        );
    }

    #[test]
    fn a_replacement_stands_out() {
        let change = json!({"Action": "Modify", "LogicalResourceId": "Table",
            "ResourceType": "AWS::DynamoDB::Table", "Replacement": "True"});
        let row = ResourceChange::read(&change, "Payin/").row();
        assert_eq!(row, ["Modify", "Payin/Table", "AWS::DynamoDB::Table", "REPLACED"]);
    }
}
