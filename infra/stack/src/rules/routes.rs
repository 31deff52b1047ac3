//! Rules for the HTTP API: every operation has a route, and every public route a limit.

use catalogue::Trigger;
use edge::{IdempotencyPolicy, Needs, Operation};
use serde_json::Value;

use crate::root::SANDBOX;

use super::deployment::{DeployedFunction, Deployment};
use super::findings::Findings;
use super::template::{Resource, list, referred, texts};

/// Fields that an access log must not have: caller, address, and values of paths and queries
/// (docs/logging.md).
const PERSONAL: [&str; 8] = [
    "$context.authorizer",
    "$context.domainName",
    "$context.httpMethod",
    "$context.identity",
    "$context.path",
    "requestBody",
    "sourceIp",
    "userAgent",
];

/// Longest time that API Gateway waits for a function, in milliseconds.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>
const GATEWAY_MS_MAX: u64 = 30_000;

fn operations<'a>(
    deployment: &'a Deployment<'_>,
) -> impl Iterator<Item = (DeployedFunction<'a>, &'static Operation)> {
    deployment.placed().into_iter().filter_map(|placed| match placed.function.trigger {
        Trigger::Request(operation) => Some((placed, operation)),
        _ => None,
    })
}

/// Returns the integration and the function of a route.
fn behind<'a>(route: Resource<'a>) -> Option<(Resource<'a>, Resource<'a>)> {
    let target = route.property("Target")["Fn::Sub"].as_str()?;
    let integration = target.strip_prefix("integrations/${")?.strip_suffix('}')?;
    let integration = route.template.resource(integration)?;
    let function = referred(integration.property("IntegrationUri"))?;
    Some((integration, route.template.resource(function)?))
}

/// Checks that every operation has a route. Without a route customers get a 404; without the
/// permission of API Gateway they get a 500.
pub(super) fn routes(deployment: &Deployment<'_>, findings: &mut Findings) {
    let all: Vec<_> = deployment.resources("AWS::ApiGatewayV2::Route").collect();
    for (placed, operation) in operations(deployment) {
        let function = placed.resource;
        for key in operation.route_keys() {
            route_of(&key, function, &all, deployment, findings);
        }
    }
}

/// Checks one route of a function.
fn route_of(
    key: &str,
    function: Resource<'_>,
    all: &[Resource<'_>],
    deployment: &Deployment<'_>,
    findings: &mut Findings,
) {
    let route = all.iter().find(|route| route.property("RouteKey") == key);
    let target = route.and_then(|route| behind(*route));
    let complete = target.is_some_and(|(integration, target)| {
        target.id == function.id
            && target.template.name == function.template.name
            && integration.property("IntegrationType") == "AWS_PROXY"
            && integration.property("PayloadFormatVersion") == "2.0"
    });
    if !complete {
        findings.at(
            function,
            format!("the route {key} must lead to it by an AWS_PROXY integration of 2.0"),
        );
    }
    let ending = format!(":${{ApiId}}/$default/{}", key.replacen(' ', "", 1));
    let mut permissions = deployment.of(function, "AWS::Lambda::Permission", "FunctionName");
    let admitted = permissions.any(|permission| {
        permission.property("Principal") == "apigateway.amazonaws.com"
            && texts(permission.property("SourceArn")).iter().all(|arn| arn.ends_with(&ending))
    });
    if !admitted {
        findings.at(function, format!("API Gateway must be permitted to start it for {key}"));
    }
}

/// Checks that every route belongs to an operation, because other routes have no test and no gate.
pub(super) fn declared_routes(deployment: &Deployment<'_>, findings: &mut Findings) {
    let declared: Vec<_> = deployment
        .functions
        .iter()
        .filter_map(|function| match function.trigger {
            Trigger::Request(operation) => Some(operation.route_keys()),
            _ => None,
        })
        .flatten()
        .collect();
    for route in deployment.resources("AWS::ApiGatewayV2::Route") {
        if !declared.iter().any(|key| route.property("RouteKey") == key.as_str()) {
            findings.at(route, "no table of operations has this route");
        }
    }
}

/// Checks that functions with an `Idempotency-Key` may read and store answers. A caller without an
/// answer sends its POST again; the stored answer is in the same transaction (docs/adr/0004).
pub(super) fn idempotency(deployment: &Deployment<'_>, findings: &mut Findings) {
    for route in deployment.resources("AWS::ApiGatewayV2::Route") {
        let Some((_, function)) = behind(route) else { continue };
        let mut operations = operations(deployment).map(|(_, operation)| operation);
        let Some(operation) = operations.find(|operation| {
            operation.route_keys().any(|key| route.property("RouteKey") == key.as_str())
        }) else {
            continue;
        };
        let needed = match operation.idempotence {
            IdempotencyPolicy::Money => true,
            IdempotencyPolicy::Accepted => operation.needs != Needs::Public,
            IdempotencyPolicy::Natural => false,
        };
        if !needed {
            continue;
        }
        for action in ["dynamodb:BatchGetItem", "dynamodb:PutItem"] {
            let may = deployment.rights(function).into_iter().any(|statement| {
                texts(&statement["Action"]).contains(&action)
                    && texts(&statement["Condition"]).contains(&"IDEMPOTENCY#*")
            });
            if !may {
                findings.at(function, format!("its POST needs {action} on IDEMPOTENCY#*"));
            }
        }
    }
}

/// Checks the time-outs: `edge` stops first, then Lambda, then the gateway, so that the answer
/// comes from the function.
pub(super) fn time_outs(deployment: &Deployment<'_>, findings: &mut Findings) {
    for route in deployment.resources("AWS::ApiGatewayV2::Route") {
        let Some((integration, function)) = behind(route) else { continue };
        let seconds = function.property("Timeout").as_u64().unwrap_or(u64::MAX);
        let waits = integration.property("TimeoutInMillis").as_u64().unwrap_or_default();
        if seconds >= 30 || seconds * 1000 >= waits || waits > GATEWAY_MS_MAX {
            findings.at(function, "Timeout must be below TimeoutInMillis, and that at most 30 s");
        }
    }
}

fn stages<'a>(deployment: &'a Deployment<'_>) -> impl Iterator<Item = Resource<'a>> {
    deployment.resources("AWS::ApiGatewayV2::Stage")
}

fn is_throttle(settings: &Value) -> bool {
    let limits = ["ThrottlingRateLimit", "ThrottlingBurstLimit"];
    limits.iter().all(|limit| settings[limit].as_u64().is_some_and(|limit| limit > 0))
}

/// Checks the default throttle. Without it, one customer's loop could use the account's whole
/// concurrency.
pub(super) fn default_throttle(deployment: &Deployment<'_>, findings: &mut Findings) {
    for stage in stages(deployment) {
        if !is_throttle(stage.property("DefaultRouteSettings")) {
            findings.at(stage, "DefaultRouteSettings needs a rate and a burst");
        }
    }
}

/// Checks that every public route has a throttle, so that it cannot use up the capacity of
/// customers.
pub(super) fn public_throttles(deployment: &Deployment<'_>, findings: &mut Findings) {
    // A live stage has no routes of the sandbox, so no settings can name them.
    let public = operations(deployment).filter(|(placed, operation)| {
        operation.needs == Needs::Public && placed.function.domain != SANDBOX
    });
    let public: Vec<_> = public.flat_map(|(_, operation)| operation.route_keys()).collect();
    for stage in stages(deployment) {
        for key in &public {
            if !is_throttle(&stage.property("RouteSettings")[key]) {
                findings.at(stage, format!("RouteSettings needs a rate and a burst for {key}"));
            }
        }
    }
}

/// Checks that throttled routes exist and are created before the stage; otherwise the deployment
/// fails.
pub(super) fn throttled_routes(deployment: &Deployment<'_>, findings: &mut Findings) {
    for stage in stages(deployment) {
        let settings = stage.property("RouteSettings").as_object().into_iter().flatten();
        for (key, _) in settings {
            let mut all = deployment.resources("AWS::ApiGatewayV2::Route");
            let Some(route) = all.find(|route| route.property("RouteKey") == key.as_str()) else {
                findings
                    .at(stage, format!("RouteSettings names {key}, but there is no such route"));
                continue;
            };
            let before = list(&stage.body["DependsOn"]).into_iter();
            let mut before =
                before.filter_map(|id| deployment.root.resource(id.as_str().unwrap_or_default()));
            let name = route.template.name.as_str();
            if !before.any(|stack| stack.property("TemplateURL") == name) {
                findings.at(stage, format!("DependsOn must name the stack of {key}"));
            }
        }
    }
}

/// Checks that the access log has no personal data. The log lines of the functions name the caller,
/// behind the gate.
pub(super) fn access_log(deployment: &Deployment<'_>, findings: &mut Findings) {
    for stage in stages(deployment) {
        let settings = stage.property("AccessLogSettings");
        let log = deployment.find(stage.template, &settings["DestinationArn"]);
        let format = settings["Format"].as_str().unwrap_or_default();
        if !log.is_some_and(|log| log.is("AWS::Logs::LogGroup")) || format.is_empty() {
            findings.at(stage, "AccessLogSettings needs a log group of this stack and a format");
        }
        for field in PERSONAL.iter().filter(|field| format.contains(*field)) {
            findings.at(stage, format!("the access log must not have {field}"));
        }
    }
}

/// Checks that CORS names its origins. A browser lets a page of another origin read answers only if
/// the API allows it.
pub(super) fn foreign_origins(deployment: &Deployment<'_>, findings: &mut Findings) {
    for api in deployment.resources("AWS::ApiGatewayV2::Api") {
        let cors = api.property("CorsConfiguration");
        if texts(&cors["AllowOrigins"]).iter().any(|origin| origin.contains('*')) {
            findings.at(api, "name the origins in AllowOrigins; no *");
        }
    }
}
