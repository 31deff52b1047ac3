//! The signals that end a program.

use std::future::poll_fn;
use std::io;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals that no longer end the process by themselves once this exists, so that the program can
/// clean up first.
pub struct Signals(Vec<Signal>);

impl Signals {
    /// Listens for Ctrl-C and `kill`.
    pub fn listen() -> io::Result<Self> {
        Self::of(&[SignalKind::interrupt(), SignalKind::terminate()])
    }

    /// Listens for the end of the terminal too, so `nohup` does not work for this program.
    pub fn listen_on_terminal() -> io::Result<Self> {
        Self::of(&[SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()])
    }

    fn of(kinds: &[SignalKind]) -> io::Result<Self> {
        kinds.iter().map(|kind| signal(*kind)).collect::<io::Result<_>>().map(Self)
    }

    /// Waits until a signal arrives.
    pub async fn received(&mut self) {
        poll_fn(|context| {
            let arrived = self.0.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if arrived { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}
