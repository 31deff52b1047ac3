//! Fault rows 57 and 58 at the time of sending: the URL is vetted again, and the client connects
//! to the host that was vetted.

use dispatch::egress::{FailureKind, HttpEgress};
use gate::{DestinationScope, WebhookUrl};
use proptest::prelude::*;

use crate::receiver::{
    Authority, Canary, PATIENT, ScriptedResolver, answering, local, post, public, url_of,
};

/// Fault rows 57 and 62. A literal bypasses the resolver, so only the check before sending
/// protects the canary.
#[tokio::test]
async fn a_loopback_literal_is_refused_right_before_it_is_sent() {
    let canary = Canary::new();
    let (settings, dialled) = public(
        ScriptedResolver::always(&["93.184.215.14"]),
        Authority::new().roots(),
        canary.address(),
    );
    let egress = HttpEgress::with(settings);
    let port = canary.address().port();
    for url in [
        format!("https://127.0.0.1:{port}/2018-06-01/runtime/invocation/next"),
        format!("https://[::1]:{port}/"),
        format!("https://localhost:{port}/"),
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        "https://127.0.0.1/".to_owned(),
        "https://127.0.0.1:8443/".to_owned(),
    ] {
        let failure = post(&egress, &url).await.expect_err("loopback");
        assert_eq!(failure.kind, FailureKind::Refused, "{url}");
        assert!(failure.detail.starts_with("the URL "), "{}", failure.detail);
    }
    assert_eq!(dialled.entries(), [""; 0]);
    canary.is_untouched();
}

#[tokio::test]
async fn localhost_is_loopback_in_the_local_bundle_for_every_resolver() {
    let (address, requests) = answering(crate::receiver::OK).await;
    let url = url_of(address).replace("127.0.0.1", "localhost");
    assert_eq!(post(&local(PATIENT), &url).await.expect("an answer").status, 200);
    assert_eq!(requests.entries().len(), 1);
}

/// Returns the host and port that the client connects to for this URL, in the client's types.
fn target(destination: &WebhookUrl) -> (String, u16) {
    let request = reqwest::Request::new(reqwest::Method::POST, destination.url().clone());
    let request = hyper::Request::try_from(request).expect("a URL the client can send");
    let host = request.uri().host().expect("a host").to_owned();
    (host, request.uri().port_u16().unwrap_or(443))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// Fault row 58. Replaces a fuzzer that compares the two.
    #[test]
    fn the_host_that_was_vetted_is_the_host_of_the_connection(
        start in "(https://|HTTPS://|https:/)",
        pieces in prop::collection::vec(
            "(@|:|/|\\?|\\.|%40|%2e|\\[|\\]|\\\\|#|127\\.0\\.0\\.1|0x7f|a\\.example\\.com|:8443|:443|\
             [2606:4700::1]|93\\.184\\.215\\.14|&|;|'|=|~|[ -~]{1,3})",
            1..6,
        ),
    ) {
        let text = format!("{start}{}", pieces.concat());
        let Ok(destination) = WebhookUrl::parse(&text, DestinationScope::Public) else { return Ok(()) };
        let (host, port) = target(&destination);
        prop_assert_eq!(Some(host.as_str()), destination.url().host_str());
        prop_assert_eq!(Some(port), destination.url().port_or_known_default());
        let start = format!("https://{host}");
        prop_assert!(text.to_ascii_lowercase().starts_with(&start), "{}", text);
    }

    /// The same for mostly accepted URLs, so that the property above is not empty.
    #[test]
    fn an_ordinary_url_is_connected_to_as_it_is_written(
        host in "([a-z][a-z0-9]{0,9}\\.){1,3}com",
        port in prop::option::of(Just(8443_u16)),
        path in "(/[A-Za-z0-9._~!$&()*+,;=:@-]{1,9}){0,3}(\\?[a-z0-9=&/?]{0,9})?",
    ) {
        let written = port.map_or(host.clone(), |port| format!("{host}:{port}"));
        let destination = WebhookUrl::parse(&format!("https://{written}{path}"), DestinationScope::Public);
        prop_assume!(destination.is_ok());
        let target = target(&destination.expect("accepted"));
        prop_assert_eq!(target, (host, port.unwrap_or(443)));
    }
}
