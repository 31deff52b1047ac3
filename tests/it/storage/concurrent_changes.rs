//! Changes that another function writes between two requests of a function.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dispatch::Timer;
use domain::kernel::Moment;
use store::{Store, Writes};
use tests::World;

/// Writes the rows once a number of requests has been answered.
pub(crate) struct ConcurrentChange {
    store: Store,
    moment: Moment,
    after: usize,
    answered: AtomicUsize,
    writes: Mutex<Option<Writes>>,
}

impl ConcurrentChange {
    /// Starts to count, and records the requests.
    pub(crate) fn begin(world: &World, after: usize, writes: Writes) -> Arc<Self> {
        let app = world.bundle.app();
        let hook = Arc::new(Self {
            store: app.store.clone(),
            moment: app.moment(),
            after,
            answered: AtomicUsize::new(0),
            writes: Mutex::new(Some(writes)),
        });
        world.bundle.faults().record();
        world.bundle.faults().pace(hook.clone(), Duration::ZERO);
        hook
    }

    /// Returns true once the rows are written.
    pub(crate) fn is_done(&self) -> bool {
        self.writes.lock().expect("no test panics").is_none()
    }
}

impl Timer for ConcurrentChange {
    fn wait(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {
            if self.answered.fetch_add(1, Ordering::SeqCst) + 1 == self.after {
                let writes = self.writes.lock().expect("no test panics").take().expect("once");
                let (store, moment) = (self.store.clone(), self.moment.clone());
                // Another task, with another role.
                let commit = tokio::spawn(async move { store.commit(writes, &moment).await });
                commit.await.expect("no test panics").expect("it is written");
            }
        })
    }
}

/// Returns the requests to the table since the recording began.
pub(crate) fn sent(world: &World) -> Vec<String> {
    world.bundle.faults().sent().into_iter().map(|sent| sent.operation).collect()
}
