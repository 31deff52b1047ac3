//! The name that a caller probably meant.

/// Least similarity of a word to a suggestion, from 0 to 1. Words with one mistyped letter in five reach
/// it.
const SIMILARITY_MIN: f64 = 0.75;

/// Returns the name that is most like `word`. Returns `None` if no name is like it.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    names
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(&word, &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity >= SIMILARITY_MIN)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_leads_to_the_name() {
        let names = ["charge.paid", "charge.credited", "payout.paid", "cpf"];
        for (word, expected) in [
            ("charge.payed", Some("charge.paid")),
            ("Charge.Paid", Some("charge.paid")),
            ("CPF", Some("cpf")),
            ("invoice.sent", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, names), expected, "{word}");
        }
    }
}
