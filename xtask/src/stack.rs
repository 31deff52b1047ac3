//! A stack: what it is, what happens to it, and what went wrong first.

use std::collections::BTreeSet;
use std::thread;

use serde_json::Value;

use crate::aws::{Aws, list, text};
use crate::console::say;

const NESTED: &str = "AWS::CloudFormation::Stack";
/// Events looked at in one go. More than happen between two looks.
const EVENTS: &str = "200";
/// What fails because something else did; never the cause.
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
        let seen = events(aws, stack)?.iter().map(|event| text(event, "EventId")).collect();
        Ok(Self { stack: stack.to_owned(), seen, events: Vec::new() })
    }

    /// Says what happens until it ends; answers with the stack.
    pub(crate) fn follow(&mut self, aws: &Aws) -> Result<Stack, String> {
        loop {
            thread::sleep(aws.patience());
            // The stack first: whatever happened before it ended is seen after.
            let stack = Stack::find(aws, &self.stack)?;
            for event in events(aws, &self.stack)? {
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
        let failed = self.events.iter().find(|event| is_cause(event))?;
        let nested = text(failed, "PhysicalResourceId");
        let inside = if text(failed, "ResourceType") == NESTED && nested != self.stack {
            let events = events(aws, &nested).unwrap_or_default();
            events.into_iter().rfind(is_cause)
        } else {
            None
        };
        let within = inside.as_ref().map(|_| format!("{}/", text(failed, "LogicalResourceId")));
        let cause = inside.as_ref().unwrap_or(failed);
        Some(format!(
            "{}{} ({}): {}",
            within.unwrap_or_default(),
            text(cause, "LogicalResourceId"),
            text(cause, "ResourceType"),
            text(cause, "ResourceStatusReason")
        ))
    }

    /// What was left when the stack was deleted: type and physical id.
    pub(crate) fn kept(&self) -> Vec<Vec<String>> {
        let kept =
            self.events.iter().filter(|event| text(event, "ResourceStatus") == "DELETE_SKIPPED");
        kept.map(|event| vec![text(event, "ResourceType"), text(event, "PhysicalResourceId")])
            .collect()
    }
}

fn is_cause(event: &Value) -> bool {
    let reason = text(event, "ResourceStatusReason");
    text(event, "ResourceStatus").ends_with("_FAILED")
        && !reason.is_empty()
        && !CONSEQUENCES.iter().any(|words| reason.contains(words))
}

fn line(event: &Value) -> String {
    let [status, resource, kind, reason] =
        ["ResourceStatus", "LogicalResourceId", "ResourceType", "ResourceStatusReason"]
            .map(|field| text(event, field));
    format!("  {status:<20} {resource} {kind} {reason}").trim_end().to_owned()
}

/// The newest events, oldest first.
fn events(aws: &Aws, stack: &str) -> Result<Vec<Value>, String> {
    let arguments =
        ["cloudformation", "describe-stack-events", "--stack-name", stack, "--max-items", EVENTS];
    let answer = aws.json(&arguments)?;
    Ok(list(&answer, "StackEvents").iter().rev().cloned().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_resource_that_was_cancelled_is_not_the_cause() {
        let event = |status: &str, reason: &str| json!({"ResourceStatus": status, "ResourceStatusReason": reason});
        assert!(is_cause(&event("CREATE_FAILED", "Role is not authorized")));
        assert!(!is_cause(&event("CREATE_FAILED", "Resource creation cancelled")));
        assert!(!is_cause(&event("CREATE_COMPLETE", "")));
    }
}
