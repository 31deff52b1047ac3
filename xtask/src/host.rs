//! Checks that the API's host fits into a Pix location, before anything is uploaded.

use ::stack::{HOST_LENGTH_MAX, REGIONS_WITHOUT_DOMAIN, default_host_length};

/// Refuses a deployment without a domain name in a region where the API's own host is too long:
/// every charge of it would fail.
pub(crate) fn check(
    region: &str,
    given: &[(String, String)],
    previous: &[(String, String)],
) -> Result<(), String> {
    let last = |pairs: &[(String, String)]| {
        let named = pairs.iter().rev().find(|(name, _)| name == "DomainName");
        named.map(|(_, value)| value.clone())
    };
    let domain = last(given).or_else(|| last(previous)).unwrap_or_default();
    let length = default_host_length(region);
    if !domain.is_empty() || REGIONS_WITHOUT_DOMAIN.contains(&region) {
        return Ok(());
    }
    Err(format!(
        "without a domain name every charge would fail in {region}: the API's host has {length} \
         characters there, and a Pix location has room for {HOST_LENGTH_MAX}. Nothing was uploaded. \
         Pass --parameter DomainName=<host> --parameter CertificateArn=<arn> (docs/runbook.md, \
         Custom domain), or deploy to one of {}",
        REGIONS_WITHOUT_DOMAIN.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(value: &str) -> Vec<(String, String)> {
        vec![("Stage".to_owned(), "live".to_owned()), ("DomainName".to_owned(), value.to_owned())]
    }

    #[test]
    fn a_region_with_a_long_name_needs_a_domain_name() {
        for region in ["eu-central-1", "ap-southeast-2", "eu-north-1"] {
            let refusal = check(region, &[], &[]).expect_err(region);
            assert!(
                refusal.contains(region) && refusal.contains("Nothing was uploaded"),
                "{refusal}"
            );
            assert!(check(region, &domain(""), &domain("api.example.com")).is_err());
            assert_eq!(check(region, &domain("api.example.com"), &[]), Ok(()));
            assert_eq!(check(region, &[], &domain("api.example.com")), Ok(()));
        }
        assert_eq!(check("sa-east-1", &[], &[]), Ok(()));
        let refusal = check("eu-central-1", &[], &[]).expect_err("too long");
        assert!(
            refusal.contains("has 49 characters") && refusal.contains("room for 46"),
            "{refusal}"
        );
    }
}
