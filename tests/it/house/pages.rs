//! What a person or a monitor reads without a credential.

use tests::World;

#[tokio::test]
async fn the_error_codes_are_a_web_page_to_which_problems_lead() {
    let world = World::new().await;
    let problem = world.get("/v1/me").send().await.problem(401, "credential_missing");
    let link = tests::text(&problem["type"]);
    let (page, anchor) = link.split_once('#').expect("an anchor");
    assert!(page.ends_with("/docs/errors"), "{page}");
    let response = world.get("/docs/errors").send().await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(response.text().contains(&format!("<h2 id=\"{anchor}\">")));
    let policy = response.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
}

#[tokio::test]
async fn a_document_answers_head_with_the_headers_of_get() {
    let world = World::new().await;
    for path in ["/health", "/openapi.json", "/docs/errors"] {
        let (get, head) = (world.get(path).send().await, world.request("HEAD", path).send().await);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert!(!get.body.is_empty(), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
    world.request("HEAD", "/v1/charges").send().await.problem(405, "method_not_allowed");
}
