//! What a rule finds in the templates.

use std::fmt;

use super::template::Resource;

/// A violation of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleViolation {
    /// The name of the rule.
    pub rule: &'static str,
    /// The template's path below `infra`.
    pub template: String,
    /// The resource's logical id.
    pub resource: String,
    /// What to do.
    pub advice: String,
}

impl fmt::Display for RuleViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, template, resource, advice } = self;
        write!(f, "{template}, {resource}: {advice} ({rule})")
    }
}

/// The violations that one rule finds.
pub(super) struct Findings {
    rule: &'static str,
    violations: Vec<RuleViolation>,
}

impl Findings {
    /// Returns an empty list for the rule of this name.
    pub(super) fn new(rule: &'static str) -> Self {
        Self { rule, violations: Vec::new() }
    }

    /// Adds a violation at a resource.
    pub(super) fn at(&mut self, resource: Resource<'_>, advice: impl Into<String>) {
        self.on(&resource.template.name, resource.id, advice.into());
    }

    /// Adds a violation where there is no resource to name.
    pub(super) fn on(&mut self, template: &str, resource: &str, advice: String) {
        let (template, resource) = (template.to_owned(), resource.to_owned());
        self.violations.push(RuleViolation { rule: self.rule, template, resource, advice });
    }

    /// Returns the violations in the order they were added.
    pub(super) fn into_violations(self) -> Vec<RuleViolation> {
        self.violations
    }
}
