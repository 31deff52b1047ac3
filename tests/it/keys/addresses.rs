//! Where a caller is: only the gateway says, and the key's list decides.

use serde_json::json;
use tests::{World, text};

use crate::access::people::{ask_for_key, at_work, me, new_key, new_program};

const LISTED: &str = "203.0.113.7";
const OTHER: &str = "198.51.100.9";
/// Headers in which a proxy, or anybody, may claim an address.
const CLAIMS: [&str; 7] = [
    "x-forwarded-for",
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "via",
];

/// Fault row 83. Neither lets a caller in nor shuts one out.
#[tokio::test]
async fn an_address_in_a_header_is_never_believed() {
    let world = World::new().await;
    let key = world.tenant("loja").await.program.api_key;
    for header in CLAIMS {
        for (from, claimed, status) in [(OTHER, LISTED, 403), (LISTED, OTHER, 200)] {
            let claimed = match header {
                "forwarded" => format!("for={claimed};proto=https"),
                "x-forwarded-for" => format!("{claimed}, {claimed}"),
                _ => claimed.to_owned(),
            };
            let ask = world.get("/v1/me").key(&key).from(from);
            let response = ask.header(header, &claimed).send().await;
            response.expect(status);
            if status == 403 {
                let body = response.problem(403, "ip_not_allowed");
                assert!(text(&body["detail"]).contains(OTHER), "{body}");
            }
        }
    }
}

/// Fault row 83. Not in the audit trail either.
#[tokio::test]
async fn the_audit_trail_names_the_address_of_the_gateway() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    world.wait(1);
    let body = json!({ "name": "back end", "kind": "api" });
    let mut ask = ana.request(&world, "POST", "/v1/users").from("2001:db8::7");
    for header in CLAIMS {
        ask = ask.header(header, OTHER);
    }
    ask.json(&body).send().await.created();
    let trail = ana.request(&world, "GET", "/v1/audit-events").send().await;
    assert_eq!(trail.ok()["data"][0]["author"]["ip"], "2001:db8::7");
}

/// Fault row 84.
#[tokio::test]
async fn an_address_is_the_same_however_it_is_written() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let user_id = new_program(&world, &ana, &[]).await;
    let listed = [
        "2001:DB8:0:0::/64",
        "::ffff:203.0.113.7",
        "203.0.113.7/32",
        "::ffff:10.0.0.0/104",
        "2001:db8:ffff::1",
    ];
    let made = new_key(&world, &ana, &user_id, &listed).await;
    let canonical = ["10.0.0.0/8", "203.0.113.7", "2001:db8::/64", "2001:db8:ffff::1"];
    assert_eq!(made["ip_allowlist"], json!(canonical));

    let key = text(&made["api_key"]);
    for (from, status) in [
        ("203.0.113.7", 200),
        ("::ffff:203.0.113.7", 200),
        ("203.0.113.6", 403),
        ("203.0.113.8", 403),
        ("10.0.0.0", 200),
        ("::ffff:10.255.255.255", 200),
        ("9.255.255.255", 403),
        ("11.0.0.0", 403),
        ("2001:db8::", 200),
        ("2001:db8::ffff:ffff:ffff:ffff", 200),
        ("2001:db8:0:1::", 403),
        ("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", 403),
        ("2001:db8:ffff::1", 200),
        ("2001:db8:ffff::2", 403),
        // Compatible, not mapped: another address.
        ("::203.0.113.7", 403),
        ("127.0.0.1", 403),
    ] {
        let response = world.get("/v1/me").key(&key).from(from).send().await;
        assert_eq!(response.status, status, "{from}: {}", response.text());
    }
}

/// Fault row 84. The refusal says which address to add.
#[tokio::test]
async fn a_refusal_names_the_address_that_is_missing() {
    let world = World::new().await;
    let key = world.tenant("loja").await.program.api_key;
    for (from, named) in
        [(OTHER, OTHER), ("::ffff:198.51.100.9", "198.51.100.9"), ("2001:DB8::0:1", "2001:db8::1")]
    {
        let response = world.get("/v1/me").key(&key).from(from).send().await;
        let body = response.problem(403, "ip_not_allowed");
        let said = format!("the request came from {named}, which");
        assert!(text(&body["detail"]).starts_with(&said), "{body}");
    }
}

/// Fault row 84. To a stranger with a wrong secret nothing is said about addresses.
#[tokio::test]
async fn the_address_is_not_looked_at_before_the_secret() {
    let world = World::new().await;
    let key = world.tenant("loja").await.program.api_key;
    let wrong = crate::access::people::key_with_another_secret(&world, &key);
    for from in [LISTED, OTHER] {
        let response = world.get("/v1/me").key(&wrong).from(from).send().await;
        response.problem(401, "api_key_invalid");
    }
}

/// Fault row 84. When a key is made and when its list is replaced.
#[tokio::test]
async fn a_list_that_is_empty_too_long_or_malformed_is_refused() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let user_id = new_program(&world, &ana, &[]).await;
    let many: Vec<_> = (0..=100).map(|last| format!("10.0.0.{last}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let made = new_key(&world, &ana, &user_id, &many[..100]).await;
    assert_eq!(made["ip_allowlist"].as_array().map(Vec::len), Some(100));
    let path = format!("/v1/api-keys/{}/ip-allowlist", text(&made["id"]));

    let refused: [(&[&str], &str, &str, &str); 8] = [
        (&[], "ip_allowlist", "wrong_length", "1 to 100"),
        (&many, "ip_allowlist", "wrong_length", "1 to 100"),
        (&["203.0.113.7/24"], "ip_allowlist[0]", "host_bits_set", "203.0.113.0/24"),
        (&[LISTED, "2001:db8::1/32"], "ip_allowlist[1]", "host_bits_set", "2001:db8::/32"),
        (&["::ffff:10.0.0.1/104"], "ip_allowlist[0]", "host_bits_set", "10.0.0.0/8"),
        (&["203.0.113.7", "localhost"], "ip_allowlist[1]", "invalid_format", "IPv4 or IPv6"),
        (&["203.0.113.0/33"], "ip_allowlist[0]", "invalid_format", "IPv4 or IPv6"),
        (&["203.0.113.007"], "ip_allowlist[0]", "invalid_format", "IPv4 or IPv6"),
    ];
    for (addresses, field, flaw, said) in refused {
        let body = json!({ "ip_allowlist": addresses });
        let replace = ana.ask_with_code(&world, "PUT", &path).json(&body);
        for response in [replace.send().await, ask_for_key(&world, &ana, &user_id, addresses).await]
        {
            let body = response.violation(field, flaw);
            let one = &body["violations"][0];
            assert!(text(&one["detail"]).contains(said), "{body}");
        }
    }
    let kept = ana.request(&world, "GET", path.trim_end_matches("/ip-allowlist"));
    let kept = kept.send().await.ok();
    assert_eq!(kept["ip_allowlist"], made["ip_allowlist"]);

    // All that are wrong are named at once.
    let body = json!({ "ip_allowlist": ["x", LISTED, "10.0.0.1/8"] });
    let response = ana.ask_with_code(&world, "PUT", &path).json(&body).send().await;
    response.violation("ip_allowlist[0]", "invalid_format");
    response.violation("ip_allowlist[2]", "host_bits_set");
    let unlisted = me(&world, &text(&made["api_key"])).await;
    unlisted.problem(403, "ip_not_allowed");
}

/// Fault row 84. A session has no list: people travel, and have their second factor.
#[tokio::test]
async fn a_session_is_not_bound_to_an_address() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    for from in [OTHER, "2001:db8::1"] {
        ana.request(&world, "GET", "/v1/me").from(from).send().await.ok();
    }
}
