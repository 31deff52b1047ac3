//! Where the API's default host is short enough for Pix locations.
//!
//! A Pix location is the host and a path, and has at most 77 characters (BCB, API Pix). Without a
//! domain name the host has the name of its region in it, and in many regions it is too long, so that
//! every charge would fail.

/// Most characters of the API's host: 77 less `/pix/` and the 26 characters of a location.
pub const HOST_LENGTH_MAX: usize = 46;

/// The regions where the API needs no domain name. The template has this list in a rule, because a
/// template cannot count characters.
pub const REGIONS_WITHOUT_DOMAIN: [&str; 11] = [
    "ap-east-1",
    "ap-east-2",
    "ca-west-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Returns the number of characters of the API's host in a region, without a domain name. The id of
/// an API has ten characters.
pub fn default_host_length(region: &str) -> usize {
    "abcdefghij.execute-api..amazonaws.com".len() + region.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_has_room_for_the_host_of_each_listed_region() {
        assert_eq!(HOST_LENGTH_MAX + "/pix/".len() + 26, 77);
        assert!(REGIONS_WITHOUT_DOMAIN.is_sorted());
        for region in REGIONS_WITHOUT_DOMAIN {
            assert!(default_host_length(region) <= HOST_LENGTH_MAX, "{region}");
        }
        for region in ["eu-north-1", "eu-central-1", "ca-central-1", "ap-southeast-2"] {
            assert!(default_host_length(region) > HOST_LENGTH_MAX, "{region}");
        }
    }
}
