//! Resolves names to addresses, with the guard between the resolver and the connection.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use gate::{DestinationScope, may_connect};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::failure::{FailureKind, ResolutionError};

/// Addresses of one name that are tried. A receiver has no more; more would only keep the sender
/// busy.
const ADDRESSES_MAX: usize = 16;

/// The future of [`Resolver::resolve`].
pub type Resolution = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Resolves names to addresses. Outside tests it is the operating system's resolver.
pub trait Resolver: Send + Sync + 'static {
    /// Returns all addresses of a name, before the guard.
    fn resolve(&self, name: &str) -> Resolution;
}

/// The operating system's resolver. It blocks a thread of the runtime. After a timeout here it
/// runs on until the system's own deadline.
#[derive(Debug, Clone, Copy)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve(&self, name: &str) -> Resolution {
        // A final dot makes the name absolute, so that the host adds no search domain.
        let name = format!("{name}.");
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        })
    }
}

/// The address to dial for a vetted address. Port 0 means the port of the URL, and a port in the
/// URL outranks both.
pub type Dial = Arc<dyn Fn(IpAddr) -> SocketAddr + Send + Sync>;

/// The resolver of the client. Each connection resolves the name again and goes to an address that
/// this resolver returned, so the address cannot change between check and use.
pub(super) struct GuardedResolver {
    pub(super) destination_scope: DestinationScope,
    pub(super) resolver: Arc<dyn Resolver>,
    pub(super) dial: Dial,
    pub(super) deadline: Duration,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { destination_scope, dial, deadline, .. } = self;
        let (destination_scope, dial, deadline) = (*destination_scope, Arc::clone(dial), *deadline);
        let addresses = addresses(self.resolver.as_ref(), name.as_str(), destination_scope);
        Box::pin(async move {
            let addresses = match tokio::time::timeout(deadline, addresses).await {
                Ok(Ok(addresses)) if !addresses.is_empty() => addresses,
                // The resolver's own text can name our servers.
                Ok(_) => return Err(ResolutionError::boxed(FailureKind::NameNotFound, NOT_FOUND)),
                Err(_elapsed) => {
                    return Err(ResolutionError::boxed(FailureKind::NameTimeout, TOO_SLOW));
                }
            };
            let considered = addresses.into_iter().take(ADDRESSES_MAX);
            let vetted = considered.filter(|address| may_connect(*address, destination_scope));
            let dialled: Vec<SocketAddr> = vetted.map(|address| dial(address)).collect();
            if dialled.is_empty() {
                return Err(ResolutionError::boxed(FailureKind::Refused, NOT_PUBLIC));
            }
            Ok(Box::new(dialled.into_iter()) as Addrs)
        })
    }
}

const NOT_FOUND: &str = "the host name has no address; check the url and DNS";
const TOO_SLOW: &str = "DNS did not resolve the host name within 3 seconds; check the name servers";
const NOT_PUBLIC: &str =
    "the host name has only addresses outside the public internet; use a public address";

/// Returns the addresses of a name. `localhost` is loopback, even if a resolver returns something
/// else (RFC 6761, section 6.3). Only the local bundle reaches this line with it, because `Public`
/// refuses the name.
fn addresses(
    resolver: &dyn Resolver,
    name: &str,
    destination_scope: DestinationScope,
) -> Resolution {
    if destination_scope == DestinationScope::Loopback && name == "localhost" {
        let loopback = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        return Box::pin(std::future::ready(Ok(loopback)));
    }
    resolver.resolve(name)
}
