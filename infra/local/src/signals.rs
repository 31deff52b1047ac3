//! What asks a program to end.

use std::future::poll_fn;
use std::io;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals that are kept from ending the process by themselves, from the moment this is made: what
/// has to be cleared up can be.
pub struct Signals(Vec<Signal>);

impl Signals {
    /// Ctrl-C and `kill`.
    pub fn listen() -> io::Result<Self> {
        Self::of(&[SignalKind::interrupt(), SignalKind::terminate()])
    }

    /// Also the end of the terminal, which `nohup` could not hold off any more.
    pub fn listen_on_terminal() -> io::Result<Self> {
        Self::of(&[SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()])
    }

    fn of(kinds: &[SignalKind]) -> io::Result<Self> {
        kinds.iter().map(|kind| signal(*kind)).collect::<io::Result<_>>().map(Self)
    }

    /// Until one has come.
    pub async fn asked(&mut self) {
        poll_fn(|context| {
            let come = self.0.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if come { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}
