//! Changes of beneficiaries: destinations, the end and the return, at the same moment too, and their trail.

use std::sync::Arc;

use serde_json::{Value, json};
use tests::{Tenant, World, new_beneficiary, text, together};

async fn saved() -> (World, Tenant, String) {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    tenant.ana.log_in(&world).await.created();
    let saved = world.save_beneficiary(&tenant.program.api_key, &new_beneficiary()).await.created();
    let path = format!("/v1/beneficiaries/{}", text(&saved["id"]));
    (world, tenant, path)
}

fn to(key: &str) -> Value {
    json!({ "to": { "pix_key": { "type": "email", "key": key } } })
}

#[tokio::test]
async fn a_destination_is_added_once_and_the_last_one_stays() {
    let (world, tenant, path) = saved().await;
    let key = &tenant.program.api_key;
    let add = async |body: &Value| {
        world.post(&format!("{path}/destinations")).key(key).json(body).send().await
    };
    let same = add(&to("MARIA@example.com")).await.problem(409, "beneficiary_state");
    assert!(text(&same["detail"]).contains("dst_"));
    let problem = add(&to("maria@")).await.problem(400, "invalid_request");
    assert_eq!(problem["violations"][0]["field"], "to.pix_key.key");
    let two = add(&to("maria.silva@example.com")).await.created();
    let ids: Vec<_> = (0..2).map(|at| text(&two["destinations"][at]["id"])).collect();
    assert_eq!(two["destinations"][1]["added_by"], tenant.program.id);
    let delete = async |id: &str| {
        let path = format!("{path}/destinations/{id}");
        world.request("DELETE", &path).key(key).send().await
    };
    delete("dst_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9").await.problem(404, "not_found");
    assert_eq!(delete(&ids[0]).await.status, 204);
    delete(&ids[0]).await.problem(404, "not_found");
    let last = delete(&ids[1]).await.problem(409, "beneficiary_state");
    assert!(text(&last["detail"]).contains("at least one"));
    let shown = world.get(&path).key(key).send().await.ok();
    assert_eq!(shown["destinations"], json!([two["destinations"][1]]));
}

#[tokio::test]
async fn a_person_adds_a_destination_only_with_a_code() {
    let (world, tenant, path) = saved().await;
    let path = format!("{path}/destinations");
    let body = to("maria.silva@example.com");
    let bare = tenant.ana.request(&world, "POST", &path).json(&body).send().await;
    bare.problem(403, "two_factor_code_missing");
    tenant.ana.ask_with_code(&world, "POST", &path).json(&body).send().await.created();
}

#[tokio::test]
async fn an_archived_beneficiary_changes_only_back() {
    let (world, tenant, path) = saved().await;
    let key = &tenant.program.api_key;
    let post = async |end: &str, body: Value| {
        world.post(&format!("{path}/{end}")).key(key).json(&body).send().await
    };
    post("reinstate", json!({})).await.problem(409, "beneficiary_state");
    let archived = post("archive", json!({})).await.ok();
    assert_eq!(archived["status"], "archived");
    assert!(archived["archived_at"].is_string());
    post("archive", json!({})).await.problem(409, "beneficiary_state");
    post("destinations", to("a@example.com")).await.problem(409, "beneficiary_state");
    let rename = world.request("PATCH", &path).key(key).json(&json!({ "name": "Ana" }));
    rename.send().await.problem(409, "beneficiary_state");
    let back = post("reinstate", json!({})).await.ok();
    assert_eq!((&back["status"], &back["archived_at"]), (&json!("active"), &Value::Null));
}

#[tokio::test]
async fn every_change_is_an_event_and_a_line_of_the_trail_without_a_whole_document() {
    let (world, tenant, path) = saved().await;
    let key = &tenant.program.api_key;
    let request = |method: &str, end: &str| {
        // Lines of one instant have no order.
        world.wait(1);
        world.request(method, &format!("{path}{end}")).key(key)
    };
    request("PATCH", "").json(&json!({ "name": "Ana" })).send().await.ok();
    let more = to("maria.silva@example.com");
    let two = request("POST", "/destinations").json(&more).send().await.created();
    let first = format!("/destinations/{}", text(&two["destinations"][0]["id"]));
    assert_eq!(request("DELETE", &first).send().await.status, 204);
    request("POST", "/archive").json(&json!({})).send().await.ok();
    request("POST", "/reinstate").json(&json!({})).send().await.ok();
    let id = path.rsplit('/').next().expect("an id").to_owned();
    let lines = tenant.ana.request(&world, "GET", &format!("/v1/audit-events?target={id}"));
    let lines = lines.send().await.ok();
    let actions = lines["data"].as_array().expect("lines").iter().rev();
    let actions: Vec<_> = actions.map(|line| text(&line["action"])).collect();
    assert_eq!(
        actions,
        [
            "beneficiary.created",
            "beneficiary.updated",
            "beneficiary.destination_added",
            "beneficiary.destination_removed",
            "beneficiary.archived",
            "beneficiary.reinstated",
        ]
    );
    let events = world.get("/v1/events?type=beneficiary.*").key(key).send().await.ok();
    let mut shown = events["data"].as_array().expect("events").clone();
    shown.reverse();
    let types: Vec<_> = shown.iter().map(|event| text(&event["type"])).collect();
    assert_eq!(
        types,
        [
            "beneficiary.created",
            "beneficiary.changed",
            "beneficiary.changed",
            "beneficiary.changed",
            "beneficiary.archived",
            "beneficiary.reinstated",
        ]
    );
    let path = format!("/v1/events/{}", text(&shown[0]["id"]));
    let whole = world.get(&path).key(key).send().await.ok();
    for page in [lines.to_string(), events.to_string(), whole.to_string()] {
        assert!(page.contains("***.982.247-**"));
        assert!(!page.contains("52998224725") && !page.contains("maria@example.com"), "{page}");
    }
}

/// Fault row 200.
#[tokio::test]
async fn of_changes_at_the_same_moment_none_is_lost() {
    let (world, tenant, path) = saved().await;
    let (world, key) = (Arc::new(world), tenant.program.api_key);
    let answers = together(5, |number| {
        let (world, path, key) = (world.clone(), format!("{path}/destinations"), key.clone());
        async move {
            let body = to(&format!("p{number}@example.com"));
            world.post(&path).key(&key).json(&body).send().await
        }
    });
    let added = answers.await.iter().filter(|answer| answer.status == 201).count();
    assert!(added >= 1);
    let shown = world.get(&path).key(&key).send().await.ok();
    assert_eq!(shown["destinations"].as_array().map(Vec::len), Some(1 + added));
    let events = world.get("/v1/events?type=beneficiary.changed").key(&key).send().await.ok();
    assert_eq!(events["data"].as_array().map(Vec::len), Some(added));
}
