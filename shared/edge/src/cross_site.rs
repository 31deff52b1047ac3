//! Refuses writes that a browser sends from another site. Another site can forge only requests with a
//! cookie and log-ins, because a browser never adds an API key by itself.

use domain::kernel::{Code, Error};
use lambda_http::http::{HeaderMap, Method};

/// Refuses a write from another site, by Fetch Metadata, or by `Origin` in browsers without it.
pub(crate) fn check_site(method: &Method, headers: &HeaderMap, host: &str) -> Result<(), Error> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let same = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let is_ours =
                |(scheme, origin_host)| matches!(scheme, "https" | "http") && origin_host == host;
            origin.split_once("://").is_some_and(is_ours)
        }
        (None, None) => true,
    };
    if same {
        Ok(())
    } else {
        Err(refused(
            "a browser sent the request from another site; send it from a page of the API's own origin",
        ))
    }
}

/// Also demands a header that a form and a simple cross-site request cannot have.
pub(crate) fn check_write(method: &Method, headers: &HeaderMap, host: &str) -> Result<(), Error> {
    check_site(method, headers, host)?;
    let header = headers.get("x-requested-with").and_then(|value| value.to_str().ok());
    if method.is_safe() || header == Some("trilho") {
        return Ok(());
    }
    Err(refused("a write with a session needs the header X-Requested-With: trilho"))
}

fn refused(detail: &str) -> Error {
    Error::forbidden(Code::CrossSiteRequest, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &'static str)], allowed: bool) {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().expect("name"), value.parse().expect("value")))
            .collect();
        assert_eq!(check_write(&Method::POST, &headers, "api.example.com").is_ok(), allowed);
        assert!(check_write(&Method::GET, &headers, "api.example.com").is_ok());
    }

    #[test]
    fn only_a_write_of_the_same_origin_with_the_header_passes() {
        const OURS: (&str, &str) = ("x-requested-with", "trilho");
        check(&[OURS], true);
        check(&[], false);
        check(&[("x-requested-with", "XMLHttpRequest")], false);
        for (site, allowed) in
            [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)]
        {
            check(&[OURS, ("sec-fetch-site", site)], allowed);
        }
        for (origin, allowed) in [
            ("https://api.example.com", true),
            ("http://api.example.com", true),
            ("x://api.example.com", false),
            ("https://evil.example", false),
            ("https://api.example.com.evil.example", false),
            ("null", false),
        ] {
            check(&[OURS, ("origin", origin)], allowed);
        }
    }
}
