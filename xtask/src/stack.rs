//! A stack: its state, its events, and the first failure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use crate::aws::{Aws, list, text};
use crate::console::say;

const NESTED: &str = "AWS::CloudFormation::Stack";
/// Events read at each poll: more than happen between two polls.
const EVENTS: &str = "200";
/// Events read of a nested stack that failed: all until its rollback.
const EVENTS_OF_NESTED: &str = "1000";
/// Starts of reasons of failures that another failure caused. The event of a failed nested stack
/// has the last one inside its text, and leads to the cause.
const CONSEQUENCES: [&str; 3] = [
    "Resource creation cancelled",
    "Resource update cancelled",
    "The following resource(s) failed",
];

/// A stack, as it was when it was read.
pub(crate) struct Stack {
    name: String,
    description: Option<Value>,
}

impl Stack {
    /// Reads the stack, which may not exist.
    pub(crate) fn find(aws: &Aws, name: &str) -> Result<Self, String> {
        let arguments = ["cloudformation", "describe-stacks", "--stack-name", name];
        let description = match aws.json(&arguments) {
            Ok(answer) => list(&answer, "Stacks").first().cloned(),
            Err(cause) if cause.contains("does not exist") => None,
            Err(cause) => return Err(cause),
        };
        Ok(Self { name: name.to_owned(), description })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn status(&self) -> String {
        self.description.as_ref().map(|stack| text(stack, "StackStatus")).unwrap_or_default()
    }

    /// Returns true if the stack can be updated. A stack that only had a change set does not exist.
    pub(crate) fn exists(&self) -> bool {
        let status = self.status();
        !["", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE"].contains(&status.as_str())
    }

    /// Returns the unique id, which is the only name of a deleted stack.
    pub(crate) fn id(&self) -> String {
        self.description.as_ref().map(|stack| text(stack, "StackId")).unwrap_or_default()
    }

    /// Returns true if the stack has termination protection.
    pub(crate) fn is_protected(&self) -> bool {
        let protection =
            self.description.as_ref().map(|stack| &stack["EnableTerminationProtection"]);
        protection.is_some_and(|on| *on == true)
    }

    /// Returns the parameters: name and value.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        self.pairs("Parameters", "ParameterKey", "ParameterValue")
    }

    /// Returns the outputs: name and value.
    pub(crate) fn outputs(&self) -> Vec<(String, String)> {
        self.pairs("Outputs", "OutputKey", "OutputValue")
    }

    fn pairs(&self, field: &str, name: &str, value: &str) -> Vec<(String, String)> {
        let pairs = self.description.as_ref().map(|stack| list(stack, field));
        pairs.unwrap_or_default().iter().map(|pair| (text(pair, name), text(pair, value))).collect()
    }
}

/// The events of one stack from now on.
pub(crate) struct Watch {
    stack: String,
    seen: BTreeSet<String>,
    events: Vec<Value>,
}

impl Watch {
    /// Starts before the change, so that older events do not count.
    pub(crate) fn begin(aws: &Aws, stack: &str) -> Result<Self, String> {
        let seen = events(aws, stack, EVENTS)?.iter().map(|event| text(event, "EventId")).collect();
        Ok(Self { stack: stack.to_owned(), seen, events: Vec::new() })
    }

    /// Prints the events until the operation ends, and returns the stack.
    pub(crate) fn follow(&mut self, aws: &Aws) -> Result<Stack, String> {
        let wait = aws.wait();
        loop {
            wait.pause(&format!(
                "{0} is still changing, and CloudFormation continues; watch it with: aws \
                 cloudformation describe-stack-events --stack-name {0} --region {1}",
                self.stack,
                aws.region()
            ))?;
            // The stack first, so that the events read after it include its last one.
            let stack = Stack::find(aws, &self.stack)?;
            for event in events(aws, &self.stack, EVENTS)? {
                if self.seen.insert(text(&event, "EventId")) {
                    // The start of a resource is not shown, only its end.
                    if !text(&event, "ResourceStatus").ends_with("_IN_PROGRESS") {
                        say(&line(&event));
                    }
                    self.events.push(event);
                }
            }
            let status = stack.status();
            if !status.ends_with("_IN_PROGRESS") {
                return Ok(stack);
            }
        }
    }

    /// Returns the first resource that failed, and why, also inside a nested stack.
    pub(crate) fn first_failure(&self, aws: &Aws) -> Option<String> {
        // If the events of the nested stack cannot be read, its own event is the answer.
        first_failure(&self.events, |nested| {
            events(aws, nested, EVENTS_OF_NESTED).unwrap_or_default()
        })
    }

    /// Returns the resources that a deletion or rollback kept: type and physical id.
    pub(crate) fn kept(&self) -> Vec<Vec<String>> {
        kept(&self.events)
    }
}

fn first_failure(root: &[Value], events: impl Fn(&str) -> Vec<Value>) -> Option<String> {
    let failed = root.iter().find(|event| is_cause(event))?;
    let id = text(failed, "PhysicalResourceId");
    // A stack has events of itself too.
    let nested = text(failed, "ResourceType") == NESTED && id != text(failed, "StackId");
    // A nested stack that is not new also has failures of earlier operations.
    let began = root.first().and_then(moment);
    let now = |event: &Value| moment(event).is_none_or(|moment| Some(moment) >= began);
    let inside = if nested { events(&id) } else { Vec::new() };
    let inside = inside.iter().find(|event| is_cause(event) && now(event));
    let within = inside.map(|_| format!("{}/", text(failed, "LogicalResourceId")));
    let cause = inside.unwrap_or(failed);
    Some(format!(
        "{}{} ({}): {}",
        within.unwrap_or_default(),
        text(cause, "LogicalResourceId"),
        text(cause, "ResourceType"),
        text(cause, "ResourceStatusReason")
    ))
}

fn kept(events: &[Value]) -> Vec<Vec<String>> {
    let kept = events.iter().filter(|event| text(event, "ResourceStatus") == "DELETE_SKIPPED");
    let rows =
        kept.map(|event| vec![text(event, "ResourceType"), text(event, "PhysicalResourceId")]);
    // A resource that was skipped before its creation has no id and does not exist.
    rows.filter(|row| row.iter().all(|cell| !cell.is_empty())).collect()
}

fn moment(event: &Value) -> Option<Timestamp> {
    text(event, "Timestamp").parse().ok()
}

fn is_cause(event: &Value) -> bool {
    let reason = text(event, "ResourceStatusReason");
    text(event, "ResourceStatus").ends_with("_FAILED")
        && !reason.is_empty()
        && !CONSEQUENCES.iter().any(|text| reason.starts_with(text))
}

fn line(event: &Value) -> String {
    let [status, resource, kind, reason] =
        ["ResourceStatus", "LogicalResourceId", "ResourceType", "ResourceStatusReason"]
            .map(|field| text(event, field));
    format!("  {status:<20} {resource} {kind} {reason}").trim_end().to_owned()
}

/// Returns the newest events, oldest first.
fn events(aws: &Aws, stack: &str, most: &str) -> Result<Vec<Value>, String> {
    let arguments =
        ["cloudformation", "describe-stack-events", "--stack-name", stack, "--max-items", most];
    let answer = aws.json(&arguments)?;
    Ok(list(&answer, "StackEvents").iter().rev().cloned().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ROOT: &str = "arn:aws:cloudformation:sa-east-1:1:stack/trilho-sandbox/1";
    const PAYIN: &str = "arn:aws:cloudformation:sa-east-1:1:stack/trilho-sandbox-Payin-X/2";

    /// Returns an event of the root at this second: resource, its type and id, status, reason.
    fn event(second: u8, resource: [&str; 3], status: &str, reason: &str) -> Value {
        let [name, kind, id] = resource;
        json!({"Timestamp": format!("2026-01-31T12:00:{second:02}.5Z"), "StackId": ROOT,
            "LogicalResourceId": name, "ResourceType": kind, "PhysicalResourceId": id,
            "ResourceStatus": status, "ResourceStatusReason": reason})
    }

    #[test]
    fn the_first_failure_in_the_nested_stack_is_the_cause() {
        let reason = format!(
            "Embedded stack {PAYIN} was not successfully created: The following resource(s) failed \
             to create: [CreateCharge]."
        );
        let root = [
            event(10, ["trilho-sandbox", NESTED, ROOT], "CREATE_IN_PROGRESS", "User Initiated"),
            event(20, ["Keys", NESTED, "keys"], "CREATE_FAILED", "Resource creation cancelled"),
            event(30, ["Payin", NESTED, PAYIN], "CREATE_FAILED", &reason),
        ];
        let function = |second, name, reason| {
            event(second, [name, "AWS::Lambda::Function", ""], "CREATE_FAILED", reason)
        };
        let nested = |id: &str| {
            assert_eq!(id, PAYIN);
            vec![
                function(9, "FindCharge", "of an operation before"),
                function(15, "ListCharges", "Resource creation cancelled"),
                function(16, "CreateCharge", "no concurrency is left"),
                function(40, "CreateCharge", "could not be deleted"),
            ]
        };
        assert_eq!(
            first_failure(&root, nested).expect("there is one"),
            "Payin/CreateCharge (AWS::Lambda::Function): no concurrency is left"
        );
        let root_only = first_failure(&root, |_| Vec::new()).expect("what the root says");
        assert!(
            root_only.starts_with("Payin (AWS::CloudFormation::Stack): Embedded"),
            "{root_only}"
        );
    }

    #[test]
    fn a_root_that_fails_is_not_read_as_a_nested_stack() {
        let failed = event(10, ["trilho-sandbox", NESTED, ROOT], "CREATE_FAILED", "out of quota");
        let failure = first_failure(&[failed], |id| panic!("{id} is the root"));
        let failure = failure.expect("there is one");
        assert_eq!(failure, "trilho-sandbox (AWS::CloudFormation::Stack): out of quota");
    }

    #[test]
    fn only_resources_that_were_created_are_kept() {
        let table = ["MainTable", "AWS::DynamoDB::Table", "trilho-sandbox-MainTable-X"];
        let never_made = ["Pepper", "AWS::SecretsManager::Secret", ""];
        let events = [
            event(1, table, "CREATE_COMPLETE", ""),
            event(2, never_made, "DELETE_SKIPPED", ""),
            event(3, table, "DELETE_SKIPPED", ""),
        ];
        assert_eq!(kept(&events), [["AWS::DynamoDB::Table", "trilho-sandbox-MainTable-X"]]);
    }

    #[test]
    fn a_cancelled_resource_is_not_the_cause() {
        let event = |status: &str, reason: &str| json!({"ResourceStatus": status, "ResourceStatusReason": reason});
        assert!(is_cause(&event("CREATE_FAILED", "Role is not authorized")));
        assert!(!is_cause(&event("CREATE_FAILED", "Resource creation cancelled")));
        assert!(!is_cause(&event("CREATE_COMPLETE", "")));
    }
}
