//! The root stack: the resources that functions share, and the alarms on them.

use catalogue::Trigger;
use serde::Serialize;

use crate::function::Function;
use crate::region::{HOST_LENGTH_MAX, REGIONS_WITHOUT_DOMAIN};
use crate::render::{PARAMETERS, fill, pascal, render_domain};
use crate::root_alarms::{DEAD, RootAlarm, root_alarms};

const ROOT: &str = include_str!("template.yaml.jinja");

/// The domain that only a sandbox has.
pub(crate) const SANDBOX: &str = "sandbox";

#[derive(Serialize)]
struct RootTemplate {
    ttl: &'static str,
    dead: [&'static str; 7],
    queues: Vec<String>,
    domains: Vec<NestedStack>,
    /// Stacks with routes, in the order in which they are created.
    routed: Vec<String>,
    regions: [&'static str; REGIONS_WITHOUT_DOMAIN.len()],
    host_length_max: usize,
    alarms: Vec<RootAlarm>,
}

#[derive(Serialize)]
struct NestedStack {
    name: String,
    logical: String,
    /// The stack with routes that is created before it.
    after: Option<String>,
    /// The condition under which it exists.
    condition: Option<&'static str>,
    given: Vec<StackParameter>,
}

#[derive(Serialize)]
struct StackParameter {
    name: &'static str,
    value: &'static str,
}

/// Returns every template: its path below `infra`, and its text.
pub fn templates(functions: &[Function]) -> Vec<(String, String)> {
    let mut domains: Vec<_> = functions.iter().map(|function| function.domain).collect();
    domains.dedup();
    let nested = domains
        .iter()
        .map(|name| (format!("functions/{name}.yaml"), render_domain(name, functions)));
    let root = ("template.yaml".to_owned(), render_root(&domains, functions));
    nested.chain([root]).collect()
}

fn render_root(names: &[&str], functions: &[Function]) -> String {
    let routed = routed(functions);
    let domains = names.iter().map(|name| {
        let nested = render_domain(name, functions);
        let declares = |name: &str| nested.contains(&format!("\n  {name}:\n    Type: String\n"));
        let given = PARAMETERS.iter().filter(|parameter| declares(parameter.name));
        let given =
            given.map(|parameter| StackParameter { name: parameter.name, value: parameter.given });
        let logical = pascal(name);
        let before = routed.iter().position(|one| *one == logical).and_then(|at| at.checked_sub(1));
        let is_sandbox = *name == SANDBOX;
        NestedStack {
            name: (*name).to_owned(),
            // The stage of the API waits for no stack that a live stage does not have.
            after: if is_sandbox {
                Some("ApiStage".to_owned())
            } else {
                before.map(|before| routed[before].clone())
            },
            condition: is_sandbox.then_some("IsSandbox"),
            given: given.collect(),
            logical,
        }
    });
    let queues = ["LiveQueue", "RetryQueue", "OrdersQueue", "ExportsQueue", "UploadsQueue"];
    let queues = queues.map(str::to_owned).into_iter();
    let queues = queues.chain(DEAD.map(|source| format!("{source}DeadQueue"))).collect();
    let domains = domains.collect();
    let template = RootTemplate {
        ttl: store::table::TTL,
        dead: DEAD,
        queues,
        domains,
        routed: routed.clone(),
        regions: REGIONS_WITHOUT_DOMAIN,
        host_length_max: HOST_LENGTH_MAX,
        alarms: root_alarms(),
    };
    fill(ROOT, template)
}

/// Returns the stacks with routes that every stage has, in the order of their creation.
fn routed(functions: &[Function]) -> Vec<String> {
    let routed = functions.iter().filter(|one| matches!(one.trigger, Trigger::Request(_)));
    let mut routed: Vec<_> = routed.map(|function| function.domain).collect();
    routed.dedup();
    routed.into_iter().filter(|domain| *domain != SANDBOX).map(pascal).collect()
}
