//! `Accept`: which of several media types a caller prefers.

use headers_accept::Accept;
use mediatype::MediaType;

/// Returns the media type that the header prefers. The first one is for every header that accepts none of
/// them, or that cannot be read: RFC 9110, 12.5.1, allows an answer of another type.
pub(crate) fn preferred<'a>(header: &str, media_types: &[&'a str]) -> &'a str {
    let parsed = media_types.iter().map(|media_type| MediaType::parse(media_type).ok());
    let available: Vec<_> = parsed.flatten().collect();
    let accept = header.parse::<Accept>().ok();
    let chosen = accept.as_ref().and_then(|accept| accept.negotiate(&available));
    let chosen = chosen.map(|chosen| chosen.essence().to_string());
    let mut named = media_types.iter().copied();
    let default = media_types.first().copied().unwrap_or_default();
    chosen
        .and_then(|chosen| named.find(|media_type| media_type.eq_ignore_ascii_case(&chosen)))
        .unwrap_or(default)
}

/// Returns true if the header prefers `media_type` to `default`.
pub(crate) fn prefers(header: &str, media_type: &str, default: &str) -> bool {
    preferred(header, &[default, media_type]) == media_type
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_decide() {
        for (header, expected) in [
            ("image/png", true),
            ("IMAGE/PNG", true),
            ("image/png, image/svg+xml;q=0.9", true),
            ("image/svg+xml;q=0.4, image/png;q=0.5", true),
            ("image/*, image/svg+xml;q=0", true),
            ("text/html, image/png", true),
            ("image/svg+xml, image/png;q=0", false),
            ("image/svg+xml, image/png;q=0.1", false),
            ("image/png;q=0.1, image/svg+xml", false),
            ("image/png;q=0", false),
            ("text/html, image/png;q=0.0", false),
            ("image/*", false),
            ("*/*", false),
            ("text/html", false),
            ("", false),
            (";;;", false),
        ] {
            assert_eq!(prefers(header, "image/png", "image/svg+xml"), expected, "{header}");
        }
    }

    #[test]
    fn the_first_of_several_is_the_default() {
        let all = ["application/json", "text/html", "application/pdf"];
        for (header, expected) in [
            ("", "application/json"),
            ("*/*", "application/json"),
            ("image/png", "application/json"),
            ("application/pdf", "application/pdf"),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
            ("application/pdf;q=0.4, text/html;q=0.5", "text/html"),
            ("text/*", "text/html"),
        ] {
            assert_eq!(preferred(header, &all), expected, "{header}");
        }
    }
}
