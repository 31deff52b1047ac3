//! Masks of personal data.
use std::net::IpAddr;

/// Masks an e-mail: `maria@example.com` becomes `m***@example.com`.
pub(crate) fn mask_email(email: &str) -> String {
    let first: String = email.chars().take(1).collect();
    match email.rsplit_once('@') {
        Some((_, host)) => format!("{first}***@{host}"),
        None => "***".to_owned(),
    }
}

/// Masks the last part of an address: `203.0.113.7` becomes `203.0.113.***`, and of an IPv6 address
/// only the first 32 bits stay, as in `2001:db8:***`.
pub fn mask_address(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [one, two, three, _] = address.octets();
            format!("{one}.{two}.{three}.***")
        }
        IpAddr::V6(address) => {
            let [one, two, ..] = address.segments();
            format!("{one:x}:{two:x}:***")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_names_the_network_and_not_the_machine() {
        for (address, masked) in [
            ("203.0.113.7", "203.0.113.***"),
            ("::ffff:203.0.113.7", "203.0.113.***"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:***"),
            ("::1", "0:0:***"),
        ] {
            assert_eq!(mask_address(address.parse().expect("an address")), masked);
        }
    }
}
