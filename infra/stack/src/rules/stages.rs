//! Rules for the order of the nested stacks, and for what only some stages and regions have.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::deployment::Deployment;
use super::findings::Findings;
use super::template::{Resource, list, texts};
use crate::region::REGIONS_WITHOUT_DOMAIN;

const SANDBOX: &str = "Sandbox";

/// Returns the nested stacks with routes.
fn routed<'a>(deployment: &'a Deployment<'_>) -> Vec<Resource<'a>> {
    let has_routes = |stack: &Resource<'_>| {
        let url = stack.property("TemplateURL");
        let template = deployment.nested.iter().find(|template| url == template.name.as_str());
        template.is_some_and(|template| {
            template.resources().any(|resource| resource.is("AWS::ApiGatewayV2::Route"))
        })
    };
    let stacks = deployment.root.resources();
    stacks.filter(|stack| stack.is("AWS::CloudFormation::Stack")).filter(has_routes).collect()
}

/// Checks that the stacks with routes are created one after the other. API Gateway permits ten
/// changes a second for a whole account, and refuses changes of the routes of one API at the same
/// time. The sandbox comes after the stage of the API, which waits for all other stacks.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>
pub(super) fn one_after_another(deployment: &Deployment<'_>, findings: &mut Findings) {
    let routed = routed(deployment);
    let others = routed.iter().map(|stack| stack.id).filter(|id| *id != SANDBOX);
    let others: BTreeSet<_> = others.collect();
    let mut followed = BTreeSet::new();
    let mut has_first = false;
    for stack in &routed {
        let after: Vec<_> = list(&stack.body["DependsOn"]).into_iter().flat_map(texts).collect();
        let chained = match after.as_slice() {
            ["ApiStage"] => stack.id == SANDBOX,
            [] => stack.id != SANDBOX && !std::mem::replace(&mut has_first, true),
            [one] => stack.id != SANDBOX && others.contains(one) && followed.insert(*one),
            _ => false,
        };
        if !chained {
            findings.at(
                *stack,
                "it must depend on one stack with routes, which no other depends on; the sandbox \
                 on ApiStage",
            );
        }
    }
}

/// Checks that only a sandbox has the functions that play the payment network: they write money. No
/// resource may wait for them, because a live stage does not have them.
pub(super) fn sandbox_functions(deployment: &Deployment<'_>, findings: &mut Findings) {
    let is_sandbox = json!({"Fn::Equals": [{"Ref": "Stage"}, "sandbox"]});
    for resource in deployment.root.resources() {
        let waits = list(&resource.body["DependsOn"]).into_iter().flat_map(texts);
        if waits.into_iter().any(|id| id == SANDBOX) {
            findings.at(resource, "it must not wait for Sandbox, which a live stage does not have");
        }
        let condition = resource.body["Condition"].as_str().unwrap_or_default();
        let only_sandbox = deployment.root.section("Conditions")[condition] == is_sandbox;
        if resource.id == SANDBOX && !only_sandbox {
            findings.at(resource, "its Condition must be that Stage is sandbox");
        }
    }
}

/// Checks the rule that refuses a deployment without a domain name where the default host is too
/// long for Pix locations.
pub(super) fn default_host(deployment: &Deployment<'_>, findings: &mut Findings) {
    let without_domain = json!({"Fn::Equals": [{"Ref": "DomainName"}, ""]});
    let fits = json!({"Fn::Contains": [REGIONS_WITHOUT_DOMAIN, {"Ref": "AWS::Region"}]});
    let rules = deployment.root.section("Rules").as_object().into_iter().flatten();
    let mut refusing = rules.filter(|(_, rule)| {
        let asserted = |assertion: &&Value| assertion["Assert"] == fits;
        rule["RuleCondition"] == without_domain && list(&rule["Assertions"]).iter().any(asserted)
    });
    if refusing.next().is_none() {
        let advice = "without DomainName the region must be in stack::REGIONS_WITHOUT_DOMAIN";
        findings.on(&deployment.root.name, "Rules", advice.to_owned());
    }
}
