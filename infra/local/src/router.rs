//! The routes: which operation a method and path belong to, as at API Gateway on AWS.

use catalogue::all_operations;
use edge::Operation;

/// The result of a route look-up.
pub(crate) enum RouteMatch {
    /// The operation and the values of its path.
    To(&'static Operation, Vec<(&'static str, String)>),
    /// The path exists, but only with these methods.
    OtherMethod(Vec<String>),
    /// The path does not exist.
    Nowhere,
}

/// Finds the route. A literal segment wins over a `{name}`, as at the gateway.
pub(crate) fn route(method: &str, path: &str) -> RouteMatch {
    let mut matches: Vec<_> = all_operations()
        .filter_map(|operation| Some((operation, values(operation.path, path)?)))
        .collect();
    matches.sort_by_key(|(_, values)| values.len());
    let fewest = matches.first().map_or(0, |(_, values)| values.len());
    matches.retain(|(_, values)| values.len() == fewest);
    let methods = matches.iter().flat_map(|(operation, _)| operation.methods());
    let methods = methods.map(|method| method.to_string()).collect();
    let is_of = |operation: &Operation| operation.methods().any(|other| other.as_str() == method);
    match matches.into_iter().find(|(operation, _)| is_of(operation)) {
        Some((operation, values)) => RouteMatch::To(operation, values),
        None => match methods {
            none if Vec::is_empty(&none) => RouteMatch::Nowhere,
            methods => RouteMatch::OtherMethod(methods),
        },
    }
}

fn values(template: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let (mut expected, mut actual) = (template.split('/'), path.split('/'));
    let mut values = Vec::new();
    loop {
        match (expected.next(), actual.next()) {
            (None, None) => return Some(values),
            (Some(expected), Some(actual)) => {
                match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                    Some(name) if !actual.is_empty() => values.push((name, actual.to_owned())),
                    None if expected == actual => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &str, path: &str, expected: &str) {
        let found = match route(method, path) {
            RouteMatch::To(operation, _) => operation.name.to_owned(),
            RouteMatch::OtherMethod(methods) => methods.join(" "),
            RouteMatch::Nowhere => "nowhere".to_owned(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_route_is_found_by_method_and_path() {
        check("POST", "/v1/charges", "create_charge");
        check("GET", "/v1/charges/chg_1", "find_charge");
        check("GET", "/v1/charges/chg_1/qr-code", "show_qr_code");
        check("DELETE", "/v1/charges", "POST GET");
        check("HEAD", "/health", "show_health");
        check("POST", "/health", "GET HEAD");
        check("HEAD", "/v1/charges", "POST GET");
        check("GET", "/v1/charges/", "nowhere");
        check("GET", "/v2/charges", "nowhere");
    }
}
