//! The rules that the templates of a deployment must keep.
//!
//! The templates are generated from the code, so most rules hold by construction. The rules check
//! the result, so that a mistake in the generator is found too. cfn-lint and checkov check
//! CloudFormation and AWS (`.ci/templates.py`); these rules check what the bundle needs.

mod alarms;
mod deployment;
mod findings;
mod functions;
mod permissions;
mod retention;
mod routes;
mod stages;
mod template;

use serde_json::Value;

pub use deployment::Deployment;
use findings::Findings;
pub use findings::RuleViolation;
pub use template::TemplateError;

type Rule = fn(&Deployment<'_>, &mut Findings);

/// Every rule with its name. tests/it/house/template_rules.rs breaks each rule by this name.
const RULES: [(&str, Rule); 48] = [
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
    ("one_after_another", stages::one_after_another),
    ("sandbox_functions", stages::sandbox_functions),
    ("default_host", stages::default_host),
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
    ("tables_are_kept", retention::tables_are_kept),
    ("tables_on_demand", retention::tables_on_demand),
    ("tables_as_the_store", retention::tables_as_the_store),
    ("streams", retention::streams),
    ("dead_letters", retention::dead_letters),
    ("queue_encryption", retention::queue_encryption),
    ("tls_only", retention::tls_only),
    ("buckets", retention::buckets),
    ("secrets", retention::secrets),
    ("log_retention", retention::log_retention),
    ("own_logs", retention::own_logs),
    ("dead_letter_alarms", alarms::dead_letter_alarms),
    ("function_alarms", alarms::function_alarms),
    ("stopped_alarms", alarms::stopped_alarms),
    ("alarms_notify", alarms::alarms_notify),
    ("dashboards", alarms::dashboards),
    ("alarms_in_the_runbook", alarms::alarms_in_the_runbook),
    ("alarm_severities", alarms::alarm_severities),
    ("given_parameters", given_parameters),
];

impl Deployment<'_> {
    /// Returns every violation of a rule in these templates.
    pub fn violations(&self) -> Vec<RuleViolation> {
        let all = RULES.iter().flat_map(|(name, rule)| {
            let mut findings = Findings::new(name);
            rule(self, &mut findings);
            findings.into_violations()
        });
        all.collect()
    }
}

/// Returns the names of all rules.
pub fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}

/// Checks that the root passes each nested stack exactly its parameters. CloudFormation would fail
/// in the middle of a deployment.
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
        let declared = names(template.section("Parameters"));
        match stack {
            Some(stack) if names(stack.property("Parameters")) != declared => {
                findings.at(stack, format!("pass it exactly {}", declared.join(", ")));
            }
            Some(_) => {}
            None => findings.on(
                &template.name,
                "Resources",
                "no stack of the root uses this template".to_owned(),
            ),
        }
    }
}
