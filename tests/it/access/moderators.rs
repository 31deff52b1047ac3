//! Moderators among themselves: no moderator changes their own access, and one is always left.

use serde_json::{Value, json};
use tests::{Human, RequestBuilder, Tenant, TestResponse, World, text};

use crate::access::people::{at_work, me, new_key, new_program};

fn demote<'w>(world: &'w World, by: &Human, whom: &Human) -> RequestBuilder<'w> {
    let path = format!("/v1/users/{}", whom.user_id);
    by.request(world, "PATCH", &path).json(&json!({ "roles": [] }))
}

fn remove<'w>(world: &'w World, by: &Human, whom: &Human) -> RequestBuilder<'w> {
    by.request(world, "DELETE", &format!("/v1/users/{}", whom.user_id))
}

#[tokio::test]
async fn no_moderator_changes_their_own_access() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let own = format!("/v1/users/{}", ana.user_id);
    for body in [
        json!({ "roles": [] }),
        json!({ "roles": ["moderator"] }),
        json!({ "permissions": [] }),
        json!({ "permissions": ["payouts:write"], "name": "A" }),
    ] {
        let response = ana.request(&world, "PATCH", &own).json(&body).send().await;
        response.problem(403, "own_access");
    }
    remove(&world, &ana, &ana).send().await.problem(403, "own_access");
    let reset = ana.ask_with_code(&world, "POST", &format!("{own}/two-factor/reset"));
    reset.send().await.problem(403, "own_access");
    // A name is no access.
    let rename = ana.request(&world, "PATCH", &own).json(&json!({ "name": " Ana A " }));
    assert_eq!(rename.send().await.ok()["name"], "Ana A");
}

/// Checks that one moderator changed the other, that the other got the reason, and that one is left.
async fn one_is_left(world: &World, tenant: &Tenant, responses: [&TestResponse; 2]) {
    let won = |response: &&TestResponse| matches!(response.status, 200 | 204);
    let (winners, losers): (Vec<_>, Vec<_>) = responses.into_iter().partition(won);
    let all = responses.map(|response| (response.status, response.text()));
    assert_eq!(winners.len(), 1, "{all:?}");
    match losers[0].status {
        409 => losers[0].problem(409, "last_moderator"),
        403 => losers[0].problem(403, "permission_denied"),
        401 => losers[0].problem(401, "session_invalid"),
        _ => panic!("{all:?}"),
    };
    let mut left = 0;
    for who in [&tenant.ana, &tenant.bruno] {
        let seen = who.request(world, "GET", "/v1/me").send().await;
        left += u32::from(seen.status == 200 && seen.json()["moderator"] == true);
    }
    assert_eq!(left, 1);
    let key = store::Key::ModeratorCount(tenant.account_id);
    let roster = world.bundle.app().store.find::<domain::access::ModeratorCount>(&key).await;
    assert_eq!(roster.expect("readable").expect("there").moderators, 1);
}

#[tokio::test]
async fn two_moderators_who_demote_or_remove_each_other_at_the_same_moment_leave_one() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    for round in 0..3 {
        let tenant = at_work(&world, &format!("loja{round}")).await;
        let (ana, bruno) = (&tenant.ana, &tenant.bruno);
        let (one, other) = match round {
            0 => (demote(&world, ana, bruno), demote(&second, bruno, ana)),
            1 => (remove(&world, ana, bruno), remove(&second, bruno, ana)),
            _ => (demote(&world, ana, bruno), remove(&second, bruno, ana)),
        };
        let (one, other) = tokio::join!(one.send(), other.send());
        one_is_left(&world, &tenant, [&one, &other]).await;
    }
}

/// The count goes up and down with the role, the invitation and the person.
#[tokio::test]
async fn a_moderator_who_is_promoted_counts_and_one_who_is_demoted_does_not() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    demote(&world, ana, bruno).send().await.ok();
    // Again: nothing changes, and nothing is counted twice.
    demote(&world, ana, bruno).send().await.ok();
    let refused = bruno.request(&world, "GET", "/v1/users").send().await;
    refused.problem(403, "permission_denied");
    let path = format!("/v1/users/{}", bruno.user_id);
    let promote = async || {
        let ask = ana.ask_with_code(&world, "PATCH", &path);
        ask.json(&json!({ "roles": ["moderator"] })).send().await
    };
    promote().await.ok();
    promote().await.ok();
    remove(&world, bruno, ana).send().await.expect(204);
    let key = store::Key::ModeratorCount(tenant.account_id);
    let roster = world.bundle.app().store.find::<domain::access::ModeratorCount>(&key).await;
    assert_eq!(roster.expect("readable").expect("there").moderators, 1);
}

#[tokio::test]
async fn a_deleted_person_is_out_at_once_and_their_email_is_free() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let tenant = at_work(&world, "loja").await;
    let (ana, mut bruno) = (tenant.ana, tenant.bruno);
    bruno.request(&second, "GET", "/v1/me").send().await.ok();
    remove(&world, &ana, &bruno).send().await.expect(204);
    for world in [&second, &world] {
        let gone = bruno.request(world, "GET", "/v1/me").send().await;
        gone.problem(401, "session_invalid");
    }
    bruno.log_in(&world).await.problem(401, "login_invalid");
    remove(&world, &ana, &bruno).send().await.problem(404, "not_found");
    let body = json!({
        "name": "Bruno", "kind": "human", "email": bruno.person.email, "roles": ["view"],
    });
    let again = ana.request(&world, "POST", "/v1/users").json(&body).send().await;
    assert_ne!(again.created()["id"], bruno.user_id.as_str());
}

#[tokio::test]
async fn a_deleted_program_takes_all_its_keys_with_it() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let user_id = new_program(&world, &ana, &[]).await;
    let mut keys = Vec::new();
    for _ in 0..3 {
        let made = new_key(&world, &ana, &user_id, &["203.0.113.7"]).await;
        keys.push(text(&made["api_key"]));
    }
    let path = format!("/v1/users/{user_id}");
    let session_alone = ana.request(&world, "DELETE", &path).send().await;
    session_alone.problem(403, "two_factor_code_missing");
    me(&world, &keys[0]).await.ok();
    ana.ask_with_code(&world, "DELETE", &path).send().await.expect(204);
    for key in &keys {
        me(&world, key).await.problem(401, "api_key_invalid");
        assert_eq!(world.last_logged()["denial"], "unknown key");
    }
}

/// A key made at the very moment its user is deleted does not outlive them.
#[tokio::test]
async fn a_key_made_while_its_user_is_deleted_opens_nothing() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let tenant = at_work(&world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    for _ in 0..4 {
        let user_id = new_program(&world, ana, &[]).await;
        let path = format!("/v1/users/{user_id}");
        let (made, deleted) = tokio::join!(
            crate::access::people::ask_for_key(&world, ana, &user_id, &["203.0.113.7"]),
            bruno.ask_with_code(&second, "DELETE", &path).send(),
        );
        deleted.expect(204);
        if made.status == 201 {
            let key = text(&made.json()["api_key"]);
            me(&world, &key).await.problem(401, "api_key_invalid");
            assert_eq!(world.last_logged()["denial"], "unknown key");
        } else {
            made.problem(404, "not_found");
        }
    }
    let keys = ana.request(&world, "GET", "/v1/api-keys").send().await.ok();
    assert_eq!(keys["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_reset_of_the_second_factor_ends_the_sessions_and_lets_the_person_enrol_again() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, mut bruno) = (tenant.ana, tenant.bruno);
    let path = format!("/v1/users/{}/two-factor/reset", bruno.user_id);
    let reset = ana.ask_with_code(&world, "POST", &path).send().await.ok();
    assert_eq!(reset["two_factor"], false);
    let over = bruno.request(&world, "GET", "/v1/me").send().await;
    over.problem(401, "session_invalid");

    // The password alone opens a session that only reads.
    let old_secret = std::mem::take(&mut bruno.person.totp_secret);
    let session = bruno.log_in(&world).await.created();
    assert_eq!(session["two_factor"], false);
    let refused = bruno.request(&world, "POST", "/v1/users").send().await;
    refused.problem(403, "two_factor_not_enrolled");
    let started = bruno.start_two_factor(&world).send().await;
    bruno.person.totp_secret = text(&started.created()["secret"]);
    assert_ne!(bruno.person.totp_secret, old_secret);
    let confirm = bruno.request(&world, "POST", "/v1/me/two-factor/confirm");
    let code = json!({ "code": bruno.code(&world) });
    confirm.json(&code).send().await.created();
    bruno.log_in(&world).await.created();
    bruno.person.totp_secret = old_secret;
    bruno.log_in(&world).await.problem(401, "login_invalid");
}

#[tokio::test]
async fn a_list_shows_users_of_the_own_account_only_and_pages_through_all() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    world.tenant("outra").await;
    let mut names = Vec::new();
    for _ in 0..4 {
        world.wait(1);
        names.push(new_program(&world, &ana, &[]).await);
    }
    let (mut seen, mut path) = (Vec::new(), "/v1/users?limit=2".to_owned());
    loop {
        let page = ana.request(&world, "GET", &path).send().await.ok();
        let rows = page["data"].as_array().expect("a list");
        assert!(rows.len() <= 2);
        seen.extend(rows.iter().map(|row| text(&row["id"])));
        let Value::String(cursor) = &page["next_cursor"] else {
            break;
        };
        path = format!("/v1/users?limit=2&cursor={cursor}");
    }
    assert_eq!(seen.len(), 7);
    assert_eq!(&seen[3..], names);
}
