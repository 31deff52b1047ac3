//! The digest of a caller's address, for the limits of failed log-ins.

use std::net::IpAddr;

use domain::access::AddressDigest;
use ipnet::{Ipv6Net, PrefixLenError};

use crate::{PepperError, Peppers, canonical_ip};

/// Bits of an IPv6 address that name a network. One person has all the other addresses of theirs.
const IPV6_PREFIX: u8 = 64;

impl Peppers {
    /// Returns the digest of an IPv4 address, or of the /64 network of an IPv6 address. It changes
    /// with the version of the pepper, and then all failures are forgotten.
    pub fn address_digest(&self, ip: IpAddr) -> Result<AddressDigest, PepperError> {
        let text = match canonical_ip(ip) {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => network(ip).map_or_else(|_| ip.to_string(), |net| net.to_string()),
        };
        self.mac(self.current(), "address", text.as_bytes()).map(|mac| AddressDigest::of_mac(&mac))
    }
}

fn network(ip: std::net::Ipv6Addr) -> Result<Ipv6Net, PrefixLenError> {
    Ipv6Net::new(ip, IPV6_PREFIX).map(|net| net.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(ip: &str) -> AddressDigest {
        let secret = format!(r#"{{"current":1,"1":"{}"}}"#, "p".repeat(43));
        let peppers = Peppers::parse(&secret).expect("a pepper");
        peppers.address_digest(ip.parse().expect("an address")).expect("a digest")
    }

    #[test]
    fn an_ipv4_address_is_one_sender_and_so_is_an_ipv6_network() {
        assert_eq!(digest("203.0.113.7"), digest("::ffff:203.0.113.7"));
        assert_ne!(digest("203.0.113.7"), digest("203.0.113.8"));
        assert_eq!(digest("2001:db8:1:2::1"), digest("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(digest("2001:db8:1:2::1"), digest("2001:db8:1:3::1"));
    }
}
