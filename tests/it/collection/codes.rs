//! The one-time code: five tries, ten minutes, and a new one ends the old.

use futures::future::join_all;
use serde_json::{Value, json};

use super::tenant_link::TenantLink;

/// Returns a code that is not the right one.
fn wrong(code: &str) -> String {
    let number: u32 = code.parse().expect("digits");
    format!("{:06}", (number + 1) % 1_000_000)
}

#[tokio::test]
async fn five_wrong_codes_in_all_end_the_link() {
    let link = TenantLink::new().await;
    let code = link.world.collection_code(&link.path).await;
    for left in [4, 3] {
        let page = link.world.enter_code(&link.path, &wrong(&code)).await;
        assert!(page.text().contains(&format!("Tentativas que restam: {left}")), "{}", page.text());
    }
    // Neither a right code nor a new one gives tries back.
    link.world.enter_code(&link.path, &code).await;
    let code = link.world.collection_code(&link.path).await;
    for left in [2, 1] {
        let page = link.world.enter_code(&link.path, &wrong(&code)).await;
        assert!(page.text().contains(&format!("Tentativas que restam: {left}")), "{}", page.text());
    }
    assert_eq!(link.world.enter_code(&link.path, &wrong(&code)).await.status, 303);
    let shown = link.shown().await;
    assert_eq!((&shown["status"], &shown["cancel_reason"]), (&json!("cancelled"), &json!("codes")));
    assert_eq!(shown["beneficiary"], Value::Null);
    assert_eq!(link.world.enter_code(&link.path, &code).await.status, 303, "no form");
    assert_eq!(link.events().await, ["collection.opened", "collection.cancelled"]);
}

/// Fault row 205.
#[tokio::test]
async fn guesses_at_the_same_moment_are_counted_one_by_one() {
    let link = TenantLink::new().await;
    let code = link.world.collection_code(&link.path).await;
    let guess = wrong(&code);
    let answers = join_all((0..12).map(|_| link.world.enter_code(&link.path, &guess))).await;
    let wrong_pages = answers.iter().filter(|it| it.status == 200).count();
    assert!(wrong_pages <= 4, "{wrong_pages} answers said that the guess is wrong");
    let row = link.stored().await;
    assert_eq!((row.wrong_codes, row.status.as_str()), (5, "cancelled"));
    assert_eq!(link.events().await, ["collection.cancelled"]);
}

#[tokio::test]
async fn a_code_works_once_for_ten_minutes_and_a_new_one_ends_it() {
    let link = TenantLink::new().await;
    let first = link.world.collection_code(&link.path).await;
    link.world.wait(29);
    assert_eq!(link.world.collection_code(&link.path).await, first, "a double click ends no code");
    link.world.wait(1);
    let second = link.world.collection_code(&link.path).await;
    assert_ne!(first, second);
    assert!(link.world.enter_code(&link.path, &first).await.text().contains("código está errado"));
    link.world.wait(600);
    assert_eq!(
        link.world.enter_code(&link.path, &second).await.status,
        303,
        "ten minutes are over"
    );
    let third = link.world.collection_code(&link.path).await;
    let spaced = format!(" {} {} ", &third[..3], &third[3..]);
    assert_eq!(link.world.enter_code(&link.path, &spaced).await.status, 200);
    assert_eq!(link.world.enter_code(&link.path, &third).await.status, 303, "it is used");
    assert_eq!(link.stored().await.wrong_codes, 1);
}

#[tokio::test]
async fn a_link_sends_ten_codes_and_no_more() {
    let link = TenantLink::new().await;
    for _ in 0..10 {
        link.world.collection_code(&link.path).await;
        link.world.wait(31);
    }
    assert_eq!(link.status().await, "open");
    let last = link.world.post(&format!("{}/code", link.path)).form(&json!({})).send().await;
    assert_eq!(last.status, 303);
    assert_eq!(link.shown().await["cancel_reason"], "codes");
}

#[tokio::test]
async fn a_code_outlives_a_rotation_of_the_pepper() {
    let link = TenantLink::new().await;
    let code = link.world.collection_code(&link.path).await;
    link.world
        .bundle
        .operate("rotate_secret", json!({ "secret": "pepper" }))
        .await
        .expect("a new version");
    link.world.wait(301);
    let form = link.world.enter_code(&link.path, &code).await;
    assert!(form.text().contains("Maria Silva"), "{}", form.text());
}

#[tokio::test]
async fn a_part_of_a_code_takes_no_try_and_punctuation_is_ignored() {
    let link = TenantLink::new().await;
    let code = link.world.collection_code(&link.path).await;
    for _ in 0..8 {
        let page = link.world.enter_code(&link.path, &code[..5]).await;
        assert_eq!(page.status, 200);
        assert!(!page.text().contains("name=\"proof\""));
    }
    assert_eq!(link.stored().await.wrong_codes, 0);
    let page = link.world.enter_code(&link.path, &format!("{}-{}", &code[..3], &code[3..])).await;
    assert!(page.text().contains("name=\"proof\""));
}
