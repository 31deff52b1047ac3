//! The slots in which slow hashes are computed.
//!
//! A hash takes a processor for tens of milliseconds and 19 MiB. Without a limit, log-ins that arrive at
//! once would take all memory and all processors of a process that serves many requests.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread::available_parallelism;

use argon2::Block;
use domain::kernel::Error;
use tokio::sync::Semaphore;

/// Requests that wait for a slot. With two processors, the last one waits a second.
const WAITING_MAX: usize = 64;

/// The slots of this process: one for each processor.
pub(crate) static SLOTS: LazyLock<Arc<HashSlots>> = LazyLock::new(|| {
    let processors = available_parallelism().map_or(1, usize::from);
    Arc::new(HashSlots::new(processors, WAITING_MAX))
});

/// A number of slots, and the memory that hashes in them use again.
pub(crate) struct HashSlots {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    memory: Mutex<Vec<Vec<Block>>>,
}

impl HashSlots {
    fn new(slots: usize, waiting_max: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(slots)),
            admitted: Arc::new(Semaphore::new(slots + waiting_max)),
            memory: Mutex::default(),
        }
    }

    /// Does slow work in a slot, on a thread for blocking work. Waits for a free slot.
    ///
    /// # Errors
    /// `Busy` if too many requests wait already.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let full = |_| Error::Busy("the queue of password hashes is full");
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(full)?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(Error::internal)?;
        let task = move || {
            // The work holds its slot to the end, even if its request was given up.
            let _held = (admitted, running);
            work()
        };
        tokio::task::spawn_blocking(task).await.map_err(Error::internal)
    }

    /// Lends memory of so many blocks. There is as much as hashes ran at the same moment.
    pub(crate) fn with_memory<T>(&self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let pool = || self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = pool().pop().unwrap_or_default();
        memory.resize(blocks.max(memory.len()), Block::new());
        let done = work(&mut memory[..blocks]);
        pool().push(memory);
        done
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Fault row 113.
    #[tokio::test]
    async fn so_many_run_so_many_wait_and_the_next_is_refused_at_once() {
        let slots = Arc::new(HashSlots::new(1, 2));
        let (go, gate) = mpsc::channel::<()>();
        let running = tokio::spawn({
            let slots = Arc::clone(&slots);
            async move { slots.run(move || gate.recv().is_ok()).await }
        });
        while slots.running.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let waiting: Vec<_> = (0..2)
            .map(|number| {
                let slots = Arc::clone(&slots);
                tokio::spawn(async move { slots.run(move || number).await })
            })
            .collect();
        while slots.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(slots.run(|| ()).await, Err(Error::Busy(_))));
        go.send(()).expect("the first runs");
        assert!(running.await.expect("no panic").expect("a slot"));
        for (number, waited) in waiting.into_iter().enumerate() {
            assert_eq!(waited.await.expect("no panic").expect("a slot"), number);
        }
        slots.run(|| ()).await.expect("free again");
    }

    #[tokio::test]
    async fn a_request_that_is_given_up_gives_its_place_back() {
        let slots = HashSlots::new(1, 0);
        drop(slots.run(|| ()));
        slots.run(|| ()).await.expect("a free slot");
    }

    /// Fault row 113.
    #[test]
    fn memory_is_used_again() {
        let slots = HashSlots::new(2, 0);
        for _ in 0..10 {
            slots.with_memory(8, |memory| assert_eq!(memory.len(), 8));
        }
        slots.with_memory(8, |_| slots.with_memory(16, |memory| assert_eq!(memory.len(), 16)));
        slots.with_memory(4, |memory| assert_eq!(memory.len(), 4));
        let pool = slots.memory.lock().expect("not poisoned");
        let mut sizes: Vec<_> = pool.iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [8, 16]);
    }
}
