//! The rules of the house for the templates: what a deployment must be, whoever edits it.
//!
//! The templates are made from the code, so most of this holds by construction; the rules are
//! written against the result, so that a mistake in what makes it is found too. cfn-lint and
//! checkov know CloudFormation and AWS (`.ci/templates.py`); these know what the bundle needs.

mod alarms;
mod deployment;
mod functions;
mod kept;
mod permissions;
mod routes;
mod template;

use std::fmt;

use serde_json::Value;

pub use deployment::Deployment;
use template::Resource;
pub use template::TemplateError;

/// Something that a rule forbids.
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

type Rule = fn(&Deployment<'_>, &mut Findings);

/// Each with the name that tests/it/house/template_rules.rs breaks it by.
const RULES: [(&str, Rule); 44] = [
    ("exact_actions", permissions::exact_actions),
    ("exact_resources", permissions::exact_resources),
    ("rows_by_family", permissions::rows_by_family),
    ("files_by_kind", permissions::files_by_kind),
    ("one_role_each", permissions::one_role_each),
    ("rights_in_roles", permissions::rights_in_roles),
    ("exact_callers", permissions::exact_callers),
    ("routes", routes::routes),
    ("declared_routes", routes::declared_routes),
    ("idempotency", routes::idempotency),
    ("time_outs", routes::time_outs),
    ("default_throttle", routes::default_throttle),
    ("public_throttles", routes::public_throttles),
    ("throttled_routes", routes::throttled_routes),
    ("access_log", routes::access_log),
    ("foreign_origins", routes::foreign_origins),
    ("functions", functions::functions),
    ("runtime", functions::runtime),
    ("triggers", functions::triggers),
    ("environment", functions::environment),
    ("resources_by_name", functions::resources_by_name),
    ("sources_are_readable", functions::sources_are_readable),
    ("stream_sources", functions::stream_sources),
    ("queue_sources", functions::queue_sources),
    ("queue_timings", functions::queue_timings),
    ("schedules", functions::schedules),
    ("tables_are_kept", kept::tables_are_kept),
    ("tables_on_demand", kept::tables_on_demand),
    ("tables_as_the_store", kept::tables_as_the_store),
    ("streams", kept::streams),
    ("dead_letters", kept::dead_letters),
    ("queue_encryption", kept::queue_encryption),
    ("tls_only", kept::tls_only),
    ("buckets", kept::buckets),
    ("secrets", kept::secrets),
    ("log_retention", kept::log_retention),
    ("own_logs", kept::own_logs),
    ("dead_letter_alarms", alarms::dead_letter_alarms),
    ("function_alarms", alarms::function_alarms),
    ("stopped_alarms", alarms::stopped_alarms),
    ("alarms_are_told", alarms::alarms_are_told),
    ("dashboards", alarms::dashboards),
    ("alarms_in_the_runbook", alarms::alarms_in_the_runbook),
    ("given_parameters", given_parameters),
];

impl Deployment<'_> {
    /// Everything in these templates that a rule forbids.
    pub fn violations(&self) -> Vec<RuleViolation> {
        let all = RULES.iter().flat_map(|(name, rule)| {
            let mut findings = Findings { rule: name, list: Vec::new() };
            rule(self, &mut findings);
            findings.list
        });
        all.collect()
    }
}

/// The names of all rules.
pub fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}

/// What one rule finds.
struct Findings {
    rule: &'static str,
    list: Vec<RuleViolation>,
}

impl Findings {
    fn at(&mut self, resource: Resource<'_>, advice: impl Into<String>) {
        self.on(&resource.template.name, resource.id, advice.into());
    }

    fn on(&mut self, template: &str, resource: &str, advice: String) {
        let (template, resource) = (template.to_owned(), resource.to_owned());
        self.list.push(RuleViolation { rule: self.rule, template, resource, advice });
    }
}

/// The root gives each nested stack what it asks for and nothing else; CloudFormation would find
/// out in the middle of a deployment.
fn given_parameters(deployment: &Deployment<'_>, findings: &mut Findings) {
    let names = |value: &Value| -> Vec<String> {
        let mut names: Vec<_> =
            value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    };
    for stack in deployment.resources("AWS::CloudFormation::Stack") {
        let url = stack.property("TemplateURL");
        if !deployment.nested.iter().any(|template| url == template.name.as_str()) {
            findings.at(stack, "TemplateURL must be a template of infra");
        }
    }
    for template in &deployment.nested {
        let mut stacks = deployment.resources("AWS::CloudFormation::Stack");
        let stack = stacks.find(|stack| stack.property("TemplateURL") == template.name.as_str());
        let asked = names(template.section("Parameters"));
        match stack {
            Some(stack) if names(stack.property("Parameters")) != asked => {
                findings.at(stack, format!("give it exactly {}", asked.join(", ")));
            }
            Some(_) => {}
            None => {
                findings.on(&template.name, "Resources", "no stack of the root is it".to_owned())
            }
        }
    }
}
