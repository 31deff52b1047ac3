//! Addresses and ranges of the allow-list.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

/// Ranges one key may list. At least one is needed: an empty list would allow nobody, and is
/// refused when the key is made.
pub const IP_RANGES_MAX: usize = 100;

/// The address a caller truly has: an IPv4 address written as IPv6 (`::ffff:203.0.113.7`) is that
/// IPv4 address.
pub fn canonical_ip(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

/// Whether a caller's address is in one of the ranges. An empty list contains nobody.
pub fn is_listed(ranges: &[IpNet], ip: IpAddr) -> bool {
    let ip = canonical_ip(ip);
    ranges.iter().any(|range| range.contains(&ip))
}

/// Why a range is refused; says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// Not an address, not a range.
    #[error("is not an IPv4 or IPv6 address, nor a range such as 203.0.113.0/24")]
    Format,
    /// Bits beyond the prefix are set.
    #[error("has bits set beyond its prefix; the range is written {0}")]
    HostBits(IpNet),
}

/// Reads an address or a CIDR range and returns it canonical: a v4-mapped IPv6 range becomes the
/// IPv4 range it means.
pub fn parse_range(text: &str) -> Result<IpNet, RangeError> {
    let range = match text.parse::<IpNet>() {
        Ok(range) => range,
        Err(_) => IpNet::from(text.parse::<IpAddr>().map_err(|_| RangeError::Format)?),
    };
    let range = unmap(range);
    if range.addr() == range.network() {
        Ok(range)
    } else {
        Err(RangeError::HostBits(range.trunc()))
    }
}

/// A range as people write it: a single address without its prefix.
pub fn written(range: &IpNet) -> String {
    if range.prefix_len() == range.max_prefix_len() {
        range.addr().to_string()
    } else {
        range.to_string()
    }
}

fn unmap(range: IpNet) -> IpNet {
    let IpNet::V6(v6) = range else { return range };
    let mapped = Ipv6Addr::to_ipv4_mapped(&v6.addr());
    match (mapped, v6.prefix_len().checked_sub(96)) {
        (Some(v4), Some(prefix)) => IpNet::new(IpAddr::V4(v4), prefix).unwrap_or(range),
        _ => range,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        let outcome = parse_range(text).map(|range| range.to_string());
        let outcome = outcome.map_err(|error| error.to_string());
        assert_eq!(outcome.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn an_address_is_a_range_of_one_and_ranges_are_canonical() {
        check("203.0.113.7", Ok("203.0.113.7/32"));
        check("2001:DB8:0::/48", Ok("2001:db8::/48"));
        check("::ffff:203.0.113.7", Ok("203.0.113.7/32"));
        check("::ffff:10.0.0.0/104", Ok("10.0.0.0/8"));
        check("0.0.0.0/0", Ok("0.0.0.0/0"));
    }

    #[test]
    fn a_range_with_host_bits_is_refused_with_the_corrected_value() {
        let said = "has bits set beyond its prefix; the range is written 203.0.113.0/24";
        check("203.0.113.7/24", Err(said));
        let said = "has bits set beyond its prefix; the range is written 2001:db8::/32";
        check("2001:db8::1/32", Err(said));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let said = "is not an IPv4 or IPv6 address, nor a range such as 203.0.113.0/24";
        for text in [
            "",
            " 1.2.3.4",
            "1.2.3",
            "1.2.3.4/33",
            "::/129",
            "010.0.0.1",
            "0x7f.1",
            "2130706433",
            "localhost",
            "1.2.3.4/-1",
            "::1%eth0",
        ] {
            check(text, Err(said));
        }
    }

    #[test]
    fn an_empty_list_contains_nobody() {
        assert!(!is_listed(&[], IpAddr::from([127, 0, 0, 1])));
    }

    proptest! {
        /// Against plain bit arithmetic, which shares nothing with the `ipnet` crate.
        #[test]
        fn membership_is_a_comparison_of_the_leading_bits(net: u32, ip: u32, prefix in 0_u32..=32) {
            let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
            let text = format!("{}/{prefix}", std::net::Ipv4Addr::from(net & mask));
            let range = parse_range(&text).expect("canonical");
            let address = IpAddr::from(std::net::Ipv4Addr::from(ip));
            let expected = ip & mask == net & mask;
            prop_assert_eq!(is_listed(&[range], address), expected);
            let mapped = std::net::Ipv4Addr::from(ip).to_ipv6_mapped();
            prop_assert_eq!(is_listed(&[range], IpAddr::V6(mapped)), expected);
        }

        #[test]
        fn membership_holds_for_ipv6_too(net: u128, ip: u128, prefix in 0_u32..=128) {
            let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
            let network = Ipv6Addr::from(net & mask);
            prop_assume!(network.to_ipv4_mapped().is_none());
            let range = parse_range(&format!("{network}/{prefix}")).expect("canonical");
            let address = Ipv6Addr::from(ip);
            prop_assume!(address.to_ipv4_mapped().is_none());
            prop_assert_eq!(is_listed(&[range], IpAddr::V6(address)), ip & mask == net & mask);
        }
    }
}
