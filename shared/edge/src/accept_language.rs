//! `Accept-Language`: which of several languages a caller prefers.

/// Returns the language that the header prefers by weight (RFC 9110, 12.5.4); the first one for a header that
/// names none of them. A range such as `en-GB` counts as its language, because there is one form of each.
pub(crate) fn preferred<'a>(header: &str, languages: &[&'a str]) -> &'a str {
    let mut best: (f32, &'a str) = (0.0, languages.first().copied().unwrap_or_default());
    for range in header.split(',') {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, "q=1"));
        let weight = parameters.trim().strip_prefix("q=").and_then(|text| text.parse().ok());
        let named = languages.iter().find(|language| same_language(language, tag.trim()));
        if let Some((weight, language)) = weight.zip(named)
            && weight > best.0
            && weight <= 1.0
        {
            best = (weight, language);
        }
    }
    best.1
}

/// Returns true if two tags name one language, such as `pt-BR` and `pt`.
fn same_language(one: &str, other: &str) -> bool {
    let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    language(one) == language(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_decide_and_the_first_language_is_the_default() {
        for (header, expected) in [
            ("", "pt-BR"),
            ("*", "pt-BR"),
            ("de, fr;q=0.5", "pt-BR"),
            ("en", "en"),
            ("EN-gb, pt;q=0.9", "en"),
            ("pt-PT, en;q=0.9", "pt-BR"),
            ("en;q=0.4, pt-BR;q=0.5", "pt-BR"),
            ("de, en;q=0.3", "en"),
            ("en;q=0", "pt-BR"),
            ("en;q=x, ;;;", "pt-BR"),
            ("en;q=9, pt;q=0.1", "pt-BR"),
            ("en;q=NaN", "pt-BR"),
        ] {
            assert_eq!(preferred(header, &["pt-BR", "en"]), expected, "{header}");
        }
    }
}
