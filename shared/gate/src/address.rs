//! Addresses and ranges of an API key's allow-list.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

/// Maximum number of ranges in the allow-list of one key. The minimum is one: an empty list would
/// refuse every caller, so the API refuses it when the key is created.
pub const IP_RANGES_MAX: usize = 100;

/// Returns the canonical form of an address: an IPv4 address written as IPv6 (`::ffff:203.0.113.7`)
/// becomes that IPv4 address.
pub fn canonical_ip(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

/// Returns true if the address is in one of the ranges. An empty list contains no address.
pub fn is_listed(ranges: &[IpNet], ip: IpAddr) -> bool {
    let ip = canonical_ip(ip);
    ranges.iter().any(|range| range.contains(&ip))
}

/// Why a range is not accepted, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// Neither an address nor a range.
    #[error("is not an IPv4 or IPv6 address, nor a range such as 203.0.113.0/24")]
    Format,
    /// Bits beyond the prefix are set.
    #[error("has bits set beyond its prefix; write {0}")]
    HostBits(IpNet),
}

/// Reads an address or a CIDR range and returns its canonical form: a v4-mapped IPv6 range becomes
/// the IPv4 range.
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

/// Returns a range as people write it: a single address has no prefix.
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
        let message = "has bits set beyond its prefix; write 203.0.113.0/24";
        check("203.0.113.7/24", Err(message));
        let message = "has bits set beyond its prefix; write 2001:db8::/32";
        check("2001:db8::1/32", Err(message));
    }

    #[test]
    fn a_text_that_is_no_address_is_refused() {
        let message = "is not an IPv4 or IPv6 address, nor a range such as 203.0.113.0/24";
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
            check(text, Err(message));
        }
    }

    #[test]
    fn an_empty_list_contains_no_address() {
        assert!(!is_listed(&[], IpAddr::from([127, 0, 0, 1])));
    }

    proptest! {
        /// Compares with plain bit arithmetic, which shares nothing with the `ipnet` crate.
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
