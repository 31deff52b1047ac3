//! Several payouts approved with one code.

use serde_json::{Value, json};
use tests::{TestResponse, World, killed_after, text};

use crate::payout::approvals::FourEyes;

const PATH: &str = "/v1/payouts/approve";

fn ids(payouts: &[Value]) -> Value {
    json!({ "payout_ids": payouts.iter().map(|payout| &payout["id"]).collect::<Vec<_>>() })
}

async fn with_code(office: &FourEyes, payouts: &[Value]) -> TestResponse {
    let ask = office.tenant.ana.ask_with_code(&office.world, "POST", PATH);
    ask.json(&ids(payouts)).send().await
}

async fn open(office: &FourEyes, count: usize) -> Vec<Value> {
    let mut payouts = Vec::new();
    for number in 0..count {
        payouts.push(office.payout(&format!("p-{number}"), 1_000).await);
    }
    payouts
}

fn outcomes(answer: &Value) -> Vec<(bool, Option<String>)> {
    let results = answer["results"].as_array().expect("a list").iter();
    let code = |result: &Value| result["code"].as_str().map(str::to_owned);
    results.map(|result| (result["approved"] == true, code(result))).collect()
}

async fn submissions(world: &World) -> usize {
    world.deliver().await;
    world.network.payout_submissions()
}

#[tokio::test]
async fn one_code_approves_many_and_each_has_its_own_result() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let mut payouts = open(&office, 5).await;
    office.decide(&office.approvers[0], &payouts[1], "reject").await.ok();
    payouts[3]["id"] = json!("pay_01M84PAB1TDP32RCVT3CE2MBPK");
    let session = office.tenant.ana.request(&office.world, "POST", PATH).json(&ids(&payouts));
    session.send().await.problem(403, "two_factor_code_missing");
    office.world.bundle.faults().record();
    let answer = with_code(&office, &payouts).await.ok();
    let approved = (true, None);
    let refused = |code: &str| (false, Some(code.to_owned()));
    let expected = [
        approved.clone(),
        refused("payout_state"),
        approved.clone(),
        refused("not_found"),
        approved,
    ];
    assert_eq!((outcomes(&answer), &answer["approved"]), (expected.to_vec(), &json!(3)));
    assert_eq!(answer["results"][0]["status"], "processing");
    assert_eq!(office.world.transactions().len(), 3, "each payout in its own transaction");
    assert_eq!(submissions(&office.world).await, 3);
    let trail = "/v1/audit-events?action=payout.approved";
    let trail = office.tenant.ana.request(&office.world, "GET", trail).send().await.ok();
    assert_eq!(trail["data"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn the_maker_approves_none_of_them_and_limits_hold_across_them() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let settings = json!({
        "approval_rules": [{ "from_cents": 0, "approvals": 1 }],
        "limits": { "per_day_cents": 2_000 },
    });
    office.world.protect(&office.tenant, &settings).await;
    let payouts = open(&office, 3).await;
    let own = office.world.post(PATH).key(&office.tenant.program.api_key).json(&ids(&payouts));
    let own = outcomes(&own.send().await.ok());
    assert_eq!(own, vec![(false, Some("second_user_needed".to_owned())); 3]);
    let by_key = office.world.post(PATH).key(&office.approvers[0]).json(&ids(&payouts));
    let by_key = outcomes(&by_key.send().await.ok());
    let limit = Some("payout_limit".to_owned());
    assert_eq!(by_key, [(true, None), (true, None), (false, limit)]);
    assert_eq!(submissions(&office.world).await, 2);
}

/// Fault row 132. The function dies somewhere; the caller sends the request again with another code.
#[tokio::test]
async fn a_run_that_ended_half_way_is_sent_again_and_approves_each_once() {
    for polls in [2, 4, 7, 11, 16] {
        let office = FourEyes::with(&[(0, 1)]).await;
        let payouts = open(&office, 4).await;
        let world = &office.world;
        let _dead = killed_after(polls, Box::pin(with_code(&office, &payouts))).await;
        let again = with_code(&office, &payouts).await.ok();
        assert_eq!(outcomes(&again), vec![(true, None); 4], "{polls}");
        assert_eq!(submissions(world).await, 4);
        let trail = "/v1/audit-events?action=payout.approved";
        let trail = office.tenant.ana.request(world, "GET", trail).send().await.ok();
        assert_eq!(trail["data"].as_array().map(Vec::len), Some(4), "one line for each");
        assert_eq!(office.money().await.1, 0);
    }
}

/// Fault row 133. The same code in two requests at the same moment lets one of them through.
#[tokio::test]
async fn two_runs_with_one_code_are_one_run() {
    let office = FourEyes::with(&[(0, 2)]).await;
    let payouts = open(&office, 2).await;
    let code = office.tenant.ana.fresh_code(&office.world);
    let ask = || office.tenant.ana.request(&office.world, "POST", PATH).code(&code);
    let (one, other) = tokio::join!(
        ask().json(&ids(&payouts[..1])).send(),
        ask().json(&ids(&payouts[1..])).send(),
    );
    let approved: u64 = [&one, &other]
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.json()["approved"].as_u64().expect("a number"))
        .sum();
    assert_eq!(approved, 1, "{} {}", one.text(), other.text());
}

#[tokio::test]
async fn the_list_of_ids_is_checked_before_the_code() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let payouts = open(&office, 1).await;
    let code = office.tenant.ana.fresh_code(&office.world);
    let ask = |body: &Value| {
        office.tenant.ana.request(&office.world, "POST", PATH).code(&code).json(body).send()
    };
    ask(&json!({})).await.violation("payout_ids", "required");
    ask(&json!({ "payout_ids": [] })).await.violation("payout_ids", "wrong_length");
    let twice = [payouts[0].clone(), payouts[0].clone()];
    ask(&ids(&twice)).await.violation("payout_ids[1]", "invalid_format");
    let many: Vec<_> = (0..41)
        .map(|number| json!({ "id": format!("pay_01M84PAB1TDP32RCVT3CE2MB{number:02}") }))
        .collect();
    ask(&ids(&many)).await.violation("payout_ids", "wrong_length");
    let answer = ask(&ids(&payouts)).await.ok();
    assert_eq!(text(&answer["results"][0]["status"]), "processing", "the code was not used up");
}
