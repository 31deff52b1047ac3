//! Fault row 63: proxies in the environment.

use std::process::Command;

use crate::receiver::Canary;

/// Two deliveries, without and with TLS, which must go directly to their receivers.
const DELIVERIES: [&str; 2] = [
    "responses::a_request_arrives_with_its_headers_and_body_and_nothing_else",
    "tls::a_certificate_of_a_trusted_authority_for_the_name_is_accepted",
];

/// Fault row 63. A child process has the variables and runs this binary again, because changing
/// the environment of a running process is unsafe.
#[test]
fn a_proxy_in_the_environment_is_not_used() {
    let canary = Canary::new();
    let proxy = format!("http://user:secret@{}", canary.address());
    let mut child = Command::new(std::env::current_exe().expect("this binary"));
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        child.env(name, &proxy).env(name.to_ascii_lowercase(), &proxy);
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        child.env_remove(name);
    }
    let output = child.args(DELIVERIES).arg("--exact").output().expect("this binary runs");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && report.contains("2 passed"), "{report}");
    canary.is_untouched();
}
