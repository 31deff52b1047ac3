//! Work of a group (docs/adr/0035): decided one after another, written together.

use domain::kernel::{Code, Error, Id, IntentId};
use jiff::SignedDuration;
use store::{Fate, Group, Intent, Item, Store, Writes};
use tests::{Tenant, World};

/// Intents are the simplest rows there are.
struct GroupRows {
    world: World,
    tenant: Tenant,
}

impl GroupRows {
    async fn new() -> Self {
        let world = World::new().await;
        let tenant = world.tenant("loja").await;
        Self { world, tenant }
    }

    fn store(&self) -> &Store {
        &self.world.bundle.app().store
    }

    fn row(&self, operation: &str) -> Intent {
        let moment = self.world.bundle.app().moment();
        Intent {
            account_id: self.tenant.account_id,
            id: IntentId::mint(&moment),
            operation: operation.to_owned(),
            sealed_request: None,
            expires_at: moment.now + SignedDuration::from_secs(7),
        }
    }

    /// Runs the group and returns what became of the work, as letters.
    async fn carry_out<F>(&self, group: &Group, count: usize, work: impl Fn(usize) -> F) -> String
    where
        F: Future<Output = Result<usize, Error>>,
    {
        let moment = self.world.bundle.app().moment();
        let fates = group.carry_out(count, work, |_| Writes::default(), &moment).await;
        let letter = |fate: Fate<usize>| match fate {
            Fate::Written(_) => 'w',
            Fate::Ended(Ok(_)) => 'o',
            Fate::Ended(Err(_)) => 'e',
            Fate::Apart => 'a',
            Fate::Left => 'l',
        };
        fates.expect("the table answers").into_iter().map(letter).collect()
    }

    async fn operations(&self) -> Vec<String> {
        let rows = self.store().intents(self.tenant.account_id).await.expect("a list");
        let mut operations: Vec<_> = rows.into_iter().map(|row| row.operation).collect();
        operations.sort();
        operations
    }
}

fn refused() -> Error {
    Error::conflict(Code::ChargeState, "there is one")
}

#[tokio::test]
async fn work_that_panics_leaves_the_others() {
    let rows = GroupRows::new().await;
    let group = Group::new(rows.store());
    let all: Vec<_> = ["a", "b", "c"].map(|name| rows.row(name)).into();
    let moment = rows.world.bundle.app().moment();
    let fates = rows.carry_out(&group, 3, async |number: usize| {
        let row = &all[number];
        group.store().find::<Intent>(&row.key()).await?;
        group.store().commit(Writes::default().create(row), &moment).await?;
        assert_ne!(number, 1, "a panic after the commit");
        Ok(number)
    });
    assert_eq!(fates.await, "waw");
    assert_eq!(rows.operations().await, ["a", "c"]);
}

#[tokio::test]
async fn work_whose_own_condition_fails_goes_apart() {
    let rows = GroupRows::new().await;
    let group = Group::new(rows.store());
    let all: Vec<_> = ["a", "b", "c"].map(|name| rows.row(name)).into();
    let moment = rows.world.bundle.app().moment();
    rows.store().put_intent(&all[1]).await.expect("written");
    let fates = rows.carry_out(&group, 3, async |number: usize| {
        let writes = Writes::default().create_or(&all[number], refused());
        group.store().commit(writes, &moment).await?;
        Ok(number)
    });
    assert_eq!(fates.await, "waw");
    assert_eq!(rows.operations().await, ["a", "b", "c"]);
}

/// The second finds the row of the first, although nothing is written yet, and its condition fails there.
#[tokio::test]
async fn work_sees_what_the_work_before_it_wrote() {
    let rows = GroupRows::new().await;
    let group = Group::new(rows.store());
    let (row, moment) = (rows.row("a"), rows.world.bundle.app().moment());
    let fates = rows.carry_out(&group, 3, async |number: usize| {
        let known = group.store().find::<Intent>(&row.key()).await?;
        assert_eq!(known.is_some(), number > 0);
        if number < 2 {
            let writes = Writes::default().create_or(&row, refused());
            group.store().commit(writes, &moment).await?;
        }
        Ok(number)
    });
    assert_eq!(fates.await, "weo");
    assert_eq!(rows.operations().await, ["a"]);
}

/// A transaction has at most a hundred rows. A rest that fills none is left.
#[tokio::test]
async fn a_group_is_as_many_transactions_as_it_needs() {
    let rows = GroupRows::new().await;
    let group = Group::new(rows.store());
    let name = |number: usize| format!("{number:02}");
    let all: Vec<Vec<_>> =
        (0..25).map(|it| (0..10).map(|_| rows.row(&name(it))).collect()).collect();
    let moment = rows.world.bundle.app().moment();
    rows.world.bundle.faults().record();
    let fates = rows.carry_out(&group, 25, async |number: usize| {
        let writes = all[number].iter().fold(Writes::default(), |writes, row| writes.create(row));
        group.store().commit(writes, &moment).await?;
        Ok(number)
    });
    assert_eq!(fates.await, "w".repeat(18) + &"l".repeat(7));
    assert_eq!(rows.world.transactions().len(), 2);
}

/// Two commits of one piece of work are no one transaction, so it is not carried out with others.
#[tokio::test]
async fn work_that_commits_twice_goes_apart() {
    let rows = GroupRows::new().await;
    let group = Group::new(rows.store());
    let (first, second) = (rows.row("a"), rows.row("b"));
    let moment = rows.world.bundle.app().moment();
    let fates = rows.carry_out(&group, 1, async |number: usize| {
        for row in [&first, &second] {
            group.store().commit(Writes::default().create(row), &moment).await?;
        }
        Ok(number)
    });
    assert_eq!(fates.await, "a");
    assert!(rows.operations().await.is_empty());
}
