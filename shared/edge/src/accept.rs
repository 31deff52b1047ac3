//! `Accept`: which of two media types a caller prefers.

use headers_accept::Accept;
use mediatype::MediaType;

/// Returns true if the header prefers `media_type` to `default`. The default is for every header that accepts
/// neither, or that cannot be read: RFC 9110, 12.5.1, allows an answer of another type.
pub(crate) fn prefers(header: &str, media_type: &str, default: &str) -> bool {
    let (Ok(accept), Ok(wanted), Ok(default)) =
        (header.parse::<Accept>(), MediaType::parse(media_type), MediaType::parse(default))
    else {
        return false;
    };
    let available = [default, wanted];
    let chosen = accept.negotiate(&available).map(MediaType::essence);
    chosen.is_some_and(|chosen| chosen.to_string().eq_ignore_ascii_case(media_type))
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
}
