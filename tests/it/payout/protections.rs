//! Protections of payouts: higher ones at once, lower ones by a second moderator.

use domain::payout::CHANGE_TIMEOUT;
use serde_json::{Value, json};
use tests::{Human, Tenant, TestResponse, World, new_payout, text};

const SETTINGS: &str = "/v1/payout-settings";
const CHANGES: &str = "/v1/payout-settings-changes";

async fn moderated() -> (World, Tenant) {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    tenant.ana.log_in(&world).await.created();
    tenant.bruno.log_in(&world).await.created();
    (world, tenant)
}

fn strict() -> Value {
    let limits = json!({
        "per_payout_cents": 3_000, "per_day_cents": 9_000, "per_night_cents": 2_000,
    });
    json!({
        "approval_rules": [{ "from_cents": 100, "approvals": 2 }],
        "review_from_cents": 5_000,
        "limits": limits,
        "destination_cooling_hours": 24,
    })
}

async fn put(world: &World, human: &Human, settings: &Value) -> Value {
    human.ask_with_code(world, "PUT", SETTINGS).json(settings).send().await.ok()
}

async fn decide(world: &World, human: &Human, change: &Value, verb: &str) -> TestResponse {
    let path = format!("{CHANGES}/{}/{verb}", text(&change["id"]));
    human.ask_with_code(world, "POST", &path).json(&json!({})).send().await
}

fn in_force(settings: &Value) -> Value {
    json!({
        "approval_rules": settings["approval_rules"],
        "review_from_cents": settings["review_from_cents"],
        "limits": settings["limits"],
        "destination_cooling_hours": settings["destination_cooling_hours"],
    })
}

fn with(change: impl Fn(&mut Value)) -> Value {
    let mut settings = strict();
    change(&mut settings);
    settings
}

#[tokio::test]
async fn each_lower_protection_waits_for_another_moderator() {
    let (world, tenant) = moderated().await;
    put(&world, &tenant.ana, &strict()).await;
    let rule = |from: u64, approvals: u8| json!([{ "from_cents": from, "approvals": approvals }]);
    for lower in [
        with(|it| it["approval_rules"] = json!([])),
        with(|it| it["approval_rules"] = rule(101, 2)),
        with(|it| it["approval_rules"] = rule(100, 1)),
        with(|it| it["review_from_cents"] = json!(5_001)),
        with(|it| it["review_from_cents"] = Value::Null),
        with(|it| it["limits"]["per_payout_cents"] = json!(3_001)),
        with(|it| it["limits"]["per_day_cents"] = Value::Null),
        with(|it| it["limits"]["per_night_cents"] = json!(2_001)),
        // One protection gets higher and another one lower.
        with(|it| {
            it["review_from_cents"] = json!(1);
            it["limits"]["per_day_cents"] = json!(9_001);
        }),
    ] {
        let shown = put(&world, &tenant.ana, &lower).await;
        assert_eq!(in_force(&shown), strict(), "{lower}");
        let change = &shown["pending_change"];
        assert_eq!(
            (&change["status"], &change["before"], &change["after"]),
            (&json!("requested"), &strict(), &lower)
        );
        let own = decide(&world, &tenant.ana, change, "approve").await;
        own.problem(403, "second_user_needed");
        let applied = decide(&world, &tenant.bruno, change, "approve").await.ok();
        assert_eq!(applied["status"], "applied");
        assert_eq!(applied["decided_by"], tenant.bruno.user_id.as_str());
        let now = world.get(SETTINGS).key(&tenant.program.api_key).send().await.ok();
        assert_eq!((in_force(&now), &now["pending_change"]), (lower.clone(), &Value::Null));
        assert_eq!(now["updated_by"], tenant.bruno.user_id.as_str());
        decide(&world, &tenant.bruno, change, "approve")
            .await
            .problem(409, "settings_change_state");
        // Back to the strict settings, alone, because that lowers nothing.
        let back = put(
            &world,
            &tenant.bruno,
            &with(|it| {
                it["review_from_cents"] = json!(1);
            }),
        )
        .await;
        assert_eq!(back["pending_change"], Value::Null);
        world.protect(&tenant, &strict()).await;
    }
}

#[tokio::test]
async fn each_higher_protection_is_in_force_at_once() {
    let (world, tenant) = moderated().await;
    let shown = put(&world, &tenant.ana, &strict()).await;
    assert_eq!((in_force(&shown), &shown["pending_change"]), (strict(), &Value::Null));
    let mut settings = strict();
    for (path, value) in [
        ("/approval_rules", json!([{ "from_cents": 99, "approvals": 2 }])),
        ("/approval_rules", json!([{ "from_cents": 99, "approvals": 3 }])),
        ("/review_from_cents", json!(4_999)),
        ("/limits/per_payout_cents", json!(2_999)),
        ("/limits/per_day_cents", json!(8_999)),
        ("/limits/per_night_cents", json!(0)),
    ] {
        *settings.pointer_mut(path).expect("a setting") = value;
        let shown = put(&world, &tenant.ana, &settings).await;
        assert_eq!((in_force(&shown), &shown["pending_change"]), (settings.clone(), &Value::Null));
    }
}

#[tokio::test]
async fn a_lower_protection_takes_codes_and_is_on_the_record() {
    let (world, tenant) = moderated().await;
    put(&world, &tenant.ana, &strict()).await;
    let lower = json!({ "approval_rules": [] });
    let session = tenant.ana.request(&world, "PUT", SETTINGS).json(&lower).send().await;
    session.problem(403, "two_factor_code_missing");
    let change = put(&world, &tenant.ana, &lower).await["pending_change"].clone();
    let path = format!("{CHANGES}/{}/approve", text(&change["id"]));
    let session = tenant.bruno.request(&world, "POST", &path).json(&json!({})).send().await;
    session.problem(403, "two_factor_code_missing");
    let key = world.post(&path).key(&tenant.program.api_key).json(&json!({})).send().await;
    key.problem(403, "permission_denied");
    decide(&world, &tenant.bruno, &change, "approve").await.ok();
    let trail = format!("/v1/audit-events?target={}", text(&change["id"]));
    let trail = tenant.ana.request(&world, "GET", &trail).send().await.ok();
    let lines: Vec<_> = trail["data"].as_array().expect("a list").iter().collect();
    let seen: Vec<_> = lines
        .iter()
        .map(|line| (text(&line["action"]), text(&line["author"]["user_id"])))
        .collect();
    assert_eq!(
        seen,
        [
            ("payout_settings_change.applied".to_owned(), tenant.bruno.user_id.clone()),
            ("payout_settings_change.requested".to_owned(), tenant.ana.user_id.clone()),
        ]
    );
    assert_eq!(
        (&lines[0]["before"], &lines[0]["after"]["approval_rules"]),
        (&strict(), &json!([]))
    );
}

/// The payout of a second before is decided by the settings of a second before.
#[tokio::test]
async fn a_requested_change_lets_no_payout_go() {
    let (world, tenant) = moderated().await;
    world.pay_in(&tenant.program.api_key, 10_000).await;
    put(&world, &tenant.ana, &strict()).await;
    let change = put(&world, &tenant.ana, &json!({ "approval_rules": [] })).await;
    let pay = async |name: &str| {
        let made = world.payout(&tenant.program.api_key, name, &new_payout()).await.created();
        text(&made["status"])
    };
    assert_eq!(pay("1").await, "awaiting_approval");
    decide(&world, &tenant.bruno, &change["pending_change"], "approve").await.ok();
    assert_eq!(pay("2").await, "processing");
}

#[tokio::test]
async fn a_change_is_refused_by_any_moderator_and_without_a_code() {
    let (world, tenant) = moderated().await;
    for refuser in [&tenant.ana, &tenant.bruno] {
        put(&world, &tenant.ana, &strict()).await;
        let lower = put(&world, &tenant.ana, &json!({ "approval_rules": [] })).await;
        let change = &lower["pending_change"];
        let path = format!("{CHANGES}/{}/refuse", text(&change["id"]));
        let refused = refuser.request(&world, "POST", &path).json(&json!({})).send().await.ok();
        assert_eq!(
            (&refused["status"], &refused["decided_by"]),
            (&json!("refused"), &json!(refuser.user_id))
        );
        decide(&world, &tenant.bruno, change, "approve")
            .await
            .problem(409, "settings_change_state");
        let now = world.get(SETTINGS).key(&tenant.program.api_key).send().await.ok();
        assert_eq!((in_force(&now), &now["pending_change"]), (strict(), &Value::Null));
    }
    let list = world.get(CHANGES).key(&tenant.program.api_key).send().await.ok();
    let statuses: Vec<_> = list["data"].as_array().expect("a list").iter().collect();
    assert_eq!(statuses.len(), 2);
    assert!(statuses.iter().all(|change| change["status"] == "refused"));
}

#[tokio::test]
async fn a_change_expires_after_a_week() {
    let (world, mut tenant) = moderated().await;
    put(&world, &tenant.ana, &strict()).await;
    let lower = put(&world, &tenant.ana, &json!({ "approval_rules": [] })).await;
    let change = lower["pending_change"].clone();
    let path = format!("{CHANGES}/{}", text(&change["id"]));
    let find = async |world: &World, key: &str| {
        text(&world.get(&path).key(key).send().await.ok()["status"])
    };
    let key = tenant.program.api_key.clone();
    world.wait(CHANGE_TIMEOUT.as_secs() - 1);
    assert_eq!(find(&world, &key).await, "requested");
    world.wait(1);
    assert_eq!(find(&world, &key).await, "expired");
    tenant.bruno.log_in(&world).await.created();
    decide(&world, &tenant.bruno, &change, "approve").await.problem(409, "settings_change_state");
    let now = world.get(SETTINGS).key(&key).send().await.ok();
    assert_eq!((in_force(&now), &now["pending_change"]), (strict(), &Value::Null));
}

/// A change that was requested before a raise must not undo the raise.
#[tokio::test]
async fn a_later_request_ends_an_earlier_one() {
    let (world, tenant) = moderated().await;
    put(&world, &tenant.ana, &strict()).await;
    let first = put(&world, &tenant.ana, &json!({ "approval_rules": [] })).await;
    let raised = with(|it| it["review_from_cents"] = json!(1));
    let shown = put(&world, &tenant.bruno, &raised).await;
    assert_eq!((in_force(&shown), &shown["pending_change"]), (raised.clone(), &Value::Null));
    let refused = decide(&world, &tenant.bruno, &first["pending_change"], "approve").await;
    refused.problem(409, "settings_change_state");
    let second = put(&world, &tenant.ana, &json!({ "approval_rules": [] })).await;
    let third = put(&world, &tenant.ana, &strict()).await;
    let late = decide(&world, &tenant.bruno, &second["pending_change"], "approve").await;
    late.problem(409, "settings_change_state");
    decide(&world, &tenant.bruno, &third["pending_change"], "approve").await.ok();
    let now = world.get(SETTINGS).key(&tenant.program.api_key).send().await.ok();
    assert_eq!(in_force(&now), strict());
}

/// Fault row 135. A change is applied while the settings are replaced, or refused, at the same moment.
#[tokio::test]
async fn decisions_about_the_settings_at_the_same_moment_come_one_after_the_other() {
    for other in ["refuse", "raise"] {
        let (world, tenant) = moderated().await;
        put(&world, &tenant.ana, &strict()).await;
        let lower = put(&world, &tenant.ana, &json!({ "approval_rules": [] })).await;
        let change = lower["pending_change"].clone();
        let raised = with(|it| it["review_from_cents"] = json!(1));
        let (apply, second) =
            tokio::join!(decide(&world, &tenant.bruno, &change, "approve"), async {
                match other {
                    "refuse" => {
                        let path = format!("{CHANGES}/{}/refuse", text(&change["id"]));
                        tenant.ana.request(&world, "POST", &path).json(&json!({})).send().await
                    }
                    _ => {
                        tenant.ana.ask_with_code(&world, "PUT", SETTINGS).json(&raised).send().await
                    }
                }
            });
        let now = world.get(SETTINGS).key(&tenant.program.api_key).send().await.ok();
        let none = with(|it| {
            it["approval_rules"] = json!([]);
            it["review_from_cents"] = Value::Null;
            it["limits"] =
                json!({ "per_payout_cents": null, "per_day_cents": null, "per_night_cents": null });
        });
        let expected = match (apply.status, second.status, other) {
            (200, 409, "refuse") => none,
            // The raise came second, and demands more than nothing.
            (200, 200, "raise") | (409, 200, "raise") => raised,
            (409, 200, _) => strict(),
            other => panic!("{other:?}: {} {}", apply.text(), second.text()),
        };
        assert_eq!(in_force(&now), expected);
    }
}

/// An account with one moderator asks the operator, who leaves a line.
#[tokio::test]
async fn the_operator_applies_a_change_where_no_second_moderator_can() {
    let (world, tenant) = moderated().await;
    put(&world, &tenant.ana, &strict()).await;
    let lower = put(&world, &tenant.ana, &json!({ "approval_rules": [] })).await;
    let change = &lower["pending_change"];
    // The lines of the trail are in the order of their times.
    world.wait(1);
    let input = |change: &Value| json!({ "account_id": tenant.account_id, "change_id": change });
    let operate = async |input: Value| world.bundle.operate("apply_settings_change", input).await;
    let missing = operate(input(&json!("psc_01M84PAB1TDP32RCVT3CE2MBPK"))).await;
    assert!(missing.expect_err("no such change").to_string().contains("change_id"));
    let applied = operate(input(&change["id"])).await.expect("applied");
    assert_eq!((&applied["before"], &applied["after"]["approval_rules"]), (&strict(), &json!([])));
    let now = world.get(SETTINGS).key(&tenant.program.api_key).send().await.ok();
    assert_eq!((&now["approval_rules"], &now["updated_by"]), (&json!([]), &Value::Null));
    assert!(operate(input(&change["id"])).await.is_err(), "once");
    let trail = format!("/v1/audit-events?target={}", text(&change["id"]));
    let trail = tenant.ana.request(&world, "GET", &trail).send().await.ok();
    assert_eq!(trail["data"][0]["author"]["name"], "Operator");
}
