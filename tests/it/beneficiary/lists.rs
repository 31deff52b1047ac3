//! Lists of beneficiaries: pages, filters and masks.

use serde_json::{Value, json};
use tests::{World, new_beneficiary, text};

fn ids(list: &Value) -> Vec<String> {
    list["data"].as_array().expect("a list").iter().map(|it| text(&it["id"])).collect()
}

#[tokio::test]
async fn a_list_has_the_newest_first_masks_people_and_continues() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let mut body = new_beneficiary();
    body["destinations"] = json!([
        { "pix_key": { "type": "cpf", "key": "529.982.247-25" } },
        { "bank_account": { "ispb": "60701190", "branch": "2545", "number": "02366-1", "type": "checking" } },
    ]);
    let mut saved = Vec::new();
    for _ in 0..3 {
        world.wait(1);
        saved.insert(0, text(&world.save_beneficiary(key, &body).await.created()["id"]));
    }
    let list = |query: String| world.get(&format!("/v1/beneficiaries{query}")).key(key).send();
    let first = list("?limit=2".to_owned()).await.ok();
    let cursor = text(&first["next_cursor"]);
    let rest = list(format!("?limit=2&cursor={cursor}")).await.ok();
    assert_eq!([ids(&first), ids(&rest)].concat(), saved);
    assert_eq!(rest["next_cursor"], Value::Null);
    let row = &first["data"][0];
    assert_eq!(row["document"]["number"], "***.982.247-**");
    assert_eq!(row["destinations"][0]["to"]["pix_key"]["key"], "***.982.247-**");
    assert_eq!(row["destinations"][1]["to"]["bank_account"]["number"], "***661");
    assert!(!first.to_string().contains("52998224725") && !first.to_string().contains("023661"));
    list(format!("?status=active&cursor={cursor}")).await.problem(400, "invalid_cursor");
}

#[tokio::test]
async fn a_beneficiary_is_found_by_status_reference_and_document() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let (key, other) = (&tenant.program.api_key, world.tenant("outra").await);
    let save = async |reference: &str, number: &str| {
        world.wait(1);
        let mut body = new_beneficiary();
        body["reference"] = json!(reference);
        body["document"]["number"] = json!(number);
        text(&world.save_beneficiary(key, &body).await.created()["id"])
    };
    let (one, two) = (save("a", "529.982.247-25").await, save("b", "529.982.247-25").await);
    let three = save("ab", "111.444.777-35").await;
    world.save_beneficiary(&other.program.api_key, &new_beneficiary()).await.created();
    let path = format!("/v1/beneficiaries/{two}/archive");
    world.post(&path).key(key).json(&json!({})).send().await.ok();
    let list = async |query: &str| {
        let list = world.get(&format!("/v1/beneficiaries?{query}")).key(key).send().await.ok();
        assert_eq!(list["next_cursor"], Value::Null);
        ids(&list)
    };
    assert_eq!(list("status=active").await, [&*three, &one]);
    assert_eq!(list("status=archived").await, [&*two]);
    assert_eq!(list("reference=a").await, [&*one]);
    assert_eq!(list("reference=c").await, [""; 0]);
    assert_eq!(list("document=52998224725").await, [&*two, &one]);
    assert_eq!(list("document=529.982.247-25&status=active&limit=1").await, [&*one]);
    assert_eq!(list("document=52998224725&reference=ab").await, [""; 0]);
    for (query, field) in [
        ("document=52998224724".to_owned(), "document"),
        (format!("reference={}", "a".repeat(2_000)), "reference"),
        ("status=gone".to_owned(), "status"),
        ("document=52998224725&limit=0".to_owned(), "limit"),
    ] {
        let wrong = world.get(&format!("/v1/beneficiaries?{query}")).key(key).send().await;
        let problem = wrong.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], field, "{query}");
    }
}
