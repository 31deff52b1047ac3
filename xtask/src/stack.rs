//! A stack: what it is, what happens to it, and what went wrong first.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use crate::aws::{Aws, list, text};
use crate::console::say;

const NESTED: &str = "AWS::CloudFormation::Stack";
/// Events looked at in one go. More than happen between two looks.
const EVENTS: &str = "200";
/// And of a nested stack that failed: all that happened to it until it was taken back.
const EVENTS_OF_NESTED: &str = "1000";
/// How the reason begins of what fails because something else did; never the cause. That a nested
/// stack failed is said with the last of them inside, and leads to the cause.
const CONSEQUENCES: [&str; 3] = [
    "Resource creation cancelled",
    "Resource update cancelled",
    "The following resource(s) failed",
];

/// A stack as it was when somebody looked.
pub(crate) struct Stack {
    name: String,
    seen: Option<Value>,
}

impl Stack {
    /// Looks for the stack; it need not be there.
    pub(crate) fn find(aws: &Aws, name: &str) -> Result<Self, String> {
        let arguments = ["cloudformation", "describe-stacks", "--stack-name", name];
        let seen = match aws.json(&arguments) {
            Ok(answer) => list(&answer, "Stacks").first().cloned(),
            Err(cause) if cause.contains("does not exist") => None,
            Err(cause) => return Err(cause),
        };
        Ok(Self { name: name.to_owned(), seen })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn status(&self) -> String {
        self.seen.as_ref().map(|seen| text(seen, "StackStatus")).unwrap_or_default()
    }

    /// Whether there is something to update. A stack that only ever had a change set is not there.
    pub(crate) fn exists(&self) -> bool {
        let status = self.status();
        !["", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE"].contains(&status.as_str())
    }

    /// Its number for ever; a deleted stack answers to nothing else.
    pub(crate) fn id(&self) -> String {
        self.seen.as_ref().map(|seen| text(seen, "StackId")).unwrap_or_default()
    }

    /// The parameters it was made with: name and value.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        self.pairs("Parameters", "ParameterKey", "ParameterValue")
    }

    /// What it tells: name and value.
    pub(crate) fn outputs(&self) -> Vec<(String, String)> {
        self.pairs("Outputs", "OutputKey", "OutputValue")
    }

    fn pairs(&self, field: &str, name: &str, value: &str) -> Vec<(String, String)> {
        let seen = self.seen.as_ref().map(|seen| list(seen, field)).unwrap_or_default();
        seen.iter().map(|pair| (text(pair, name), text(pair, value))).collect()
    }
}

/// What happens to one stack from now on.
pub(crate) struct Watch {
    stack: String,
    seen: BTreeSet<String>,
    events: Vec<Value>,
}

impl Watch {
    /// Begins before the change does, so that older events are not taken for it.
    pub(crate) fn begin(aws: &Aws, stack: &str) -> Result<Self, String> {
        let seen = events(aws, stack, EVENTS)?.iter().map(|event| text(event, "EventId")).collect();
        Ok(Self { stack: stack.to_owned(), seen, events: Vec::new() })
    }

    /// Says what happens until it ends; answers with the stack.
    pub(crate) fn follow(&mut self, aws: &Aws) -> Result<Stack, String> {
        let wait = aws.wait();
        loop {
            wait.pause(&format!(
                "{0} still changes, and CloudFormation goes on with it by itself; look: aws \
                 cloudformation describe-stack-events --stack-name {0} --region {1}",
                self.stack,
                aws.region()
            ))?;
            // The stack first: whatever happened before it ended is seen after.
            let stack = Stack::find(aws, &self.stack)?;
            for event in events(aws, &self.stack, EVENTS)? {
                if self.seen.insert(text(&event, "EventId")) {
                    // Most of what begins ends soon; the end is news enough.
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

    /// The first resource that failed, and why; in the nested stack where it is.
    pub(crate) fn first_failure(&self, aws: &Aws) -> Option<String> {
        // Without the events of the nested stack, what its own says is better than nothing.
        first_failure(&self.events, |nested| {
            events(aws, nested, EVENTS_OF_NESTED).unwrap_or_default()
        })
    }

    /// What was left when the stack was deleted or taken back: type and physical id.
    pub(crate) fn kept(&self) -> Vec<Vec<String>> {
        kept(&self.events)
    }
}

fn first_failure(root: &[Value], events: impl Fn(&str) -> Vec<Value>) -> Option<String> {
    let failed = root.iter().find(|event| is_cause(event))?;
    let id = text(failed, "PhysicalResourceId");
    // A stack is a resource of itself as well.
    let nested = text(failed, "ResourceType") == NESTED && id != text(failed, "StackId");
    // A nested stack that is not new also has what failed in operations before this one.
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
    // What was skipped before it was made has no id, and is not there.
    rows.filter(|row| row.iter().all(|cell| !cell.is_empty())).collect()
}

fn moment(event: &Value) -> Option<Timestamp> {
    text(event, "Timestamp").parse().ok()
}

fn is_cause(event: &Value) -> bool {
    let reason = text(event, "ResourceStatusReason");
    text(event, "ResourceStatus").ends_with("_FAILED")
        && !reason.is_empty()
        && !CONSEQUENCES.iter().any(|words| reason.starts_with(words))
}

fn line(event: &Value) -> String {
    let [status, resource, kind, reason] =
        ["ResourceStatus", "LogicalResourceId", "ResourceType", "ResourceStatusReason"]
            .map(|field| text(event, field));
    format!("  {status:<20} {resource} {kind} {reason}").trim_end().to_owned()
}

/// The newest events, oldest first.
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

    /// Of the root at this second: resource, its type and id, status, reason.
    fn event(second: u8, resource: [&str; 3], status: &str, reason: &str) -> Value {
        let [name, kind, id] = resource;
        json!({"Timestamp": format!("2026-01-31T12:00:{second:02}.5Z"), "StackId": ROOT,
            "LogicalResourceId": name, "ResourceType": kind, "PhysicalResourceId": id,
            "ResourceStatus": status, "ResourceStatusReason": reason})
    }

    #[test]
    fn what_failed_first_in_the_nested_stack_is_the_cause() {
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
        let unseen = first_failure(&root, |_| Vec::new()).expect("what the root says");
        assert!(unseen.starts_with("Payin (AWS::CloudFormation::Stack): Embedded"), "{unseen}");
    }

    #[test]
    fn a_root_that_fails_by_itself_is_not_looked_up_as_nested() {
        let failed = event(10, ["trilho-sandbox", NESTED, ROOT], "CREATE_FAILED", "out of quota");
        let failure = first_failure(&[failed], |id| panic!("{id} is the root"));
        let failure = failure.expect("there is one");
        assert_eq!(failure, "trilho-sandbox (AWS::CloudFormation::Stack): out of quota");
    }

    #[test]
    fn what_is_left_behind_was_made_and_then_not_deleted() {
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
    fn a_resource_that_was_cancelled_is_not_the_cause() {
        let event = |status: &str, reason: &str| json!({"ResourceStatus": status, "ResourceStatusReason": reason});
        assert!(is_cause(&event("CREATE_FAILED", "Role is not authorized")));
        assert!(!is_cause(&event("CREATE_FAILED", "Resource creation cancelled")));
        assert!(!is_cause(&event("CREATE_COMPLETE", "")));
    }
}
