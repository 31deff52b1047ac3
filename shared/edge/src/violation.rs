//! Turns an error of serde into a violation: the field, the flaw, and a sentence for people.
//!
//! serde reports errors only as texts, which name types of Rust. The tests of `input` check the texts
//! on which this file depends.

use domain::kernel::{Flaw, Violation};

/// Returns the violation of a name that is there more than once.
pub(crate) fn repeated(what: &str, name: &str) -> Violation {
    let detail = format!("the {what} `{name}` is there twice; send it once");
    Violation::new(name, Flaw::InvalidFormat, detail)
}

/// Returns the violation that serde reports at `path`.
pub(crate) fn violation(path: String, cause: &str) -> Violation {
    // Line and column are removed: they count in a text that the caller may never have seen.
    let cause = cause.split(" at line ").next().unwrap_or(cause);
    let parent = match path.as_str() {
        "." | "?" => String::new(),
        // The name of a field that could not be read is not known.
        path => path.strip_suffix(".?").unwrap_or(path).to_owned(),
    };
    let child = |name: &str| match parent.strip_suffix(name) {
        // For some formats the path already ends in the field.
        Some(rest) if rest.is_empty() || rest.ends_with('.') => parent.clone(),
        _ if parent.is_empty() => name.to_owned(),
        _ => format!("{parent}.{name}"),
    };
    let (field, flaw) = if let Some((name, _)) = quoted(cause, "unknown field `") {
        (child(name), Flaw::UnknownField)
    } else if let Some((name, _)) = quoted(cause, "missing field `") {
        (child(name), Flaw::Required)
    } else if let Some(name) = duplicate(cause) {
        return Violation { field: child(name), ..repeated("field", name) };
    } else if cause.starts_with("invalid type") || cause.starts_with("expected value") {
        (parent, Flaw::WrongType)
    } else if cause.starts_with("unknown variant") {
        (parent, Flaw::UnknownValue)
    } else if cause.starts_with("invalid value: integer") || cause.contains("too large to fit") {
        (parent, Flaw::OutOfRange)
    } else {
        (parent, Flaw::InvalidFormat)
    };
    let detail = sentence(cause, field.ends_with("_cents"));
    Violation::new(field, flaw, detail)
}

/// Returns the name that is in an object twice.
fn duplicate(cause: &str) -> Option<&str> {
    // The name of a note may have a backtick of its own.
    cause.strip_prefix("duplicate field `")?.strip_suffix('`')
}

/// Returns the text in backticks after `prefix`, and the rest.
fn quoted<'a>(cause: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    cause.strip_prefix(prefix)?.split_once('`')
}

/// Returns the rule that the value broke. Texts that name no type of Rust stay as they are.
fn sentence(cause: &str, is_amount: bool) -> String {
    if let Some((name, rest)) = quoted(cause, "unknown field `") {
        return format!("unknown field `{name}`; {}", choice(rest));
    }
    if let Some((name, _)) = quoted(cause, "missing field `") {
        return format!("the field `{name}` is missing; add it");
    }
    if let Some((word, rest)) = quoted(cause, "unknown variant `") {
        return format!("unknown value `{word}`; {}", choice(rest));
    }
    let expected = cause.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
    let is_integer = matches!(expected, "u8" | "u16" | "u32" | "u64" | "i64" | "usize");
    if cause.starts_with("invalid value: integer") && is_integer {
        return "the number is out of range".to_owned();
    }
    if cause.contains("too large to fit") {
        return "the number is too large".to_owned();
    }
    if cause.starts_with("invalid type") {
        let quotes = if cause.contains(": string ") { " without quotes" } else { "" };
        return match expected {
            _ if is_integer && is_amount => format!(
                "must be an integer{quotes}; amounts are in cents, such as 1990 for R$ 19,90"
            ),
            _ if is_integer => format!("must be an integer{quotes}"),
            "a boolean" => "must be true or false".to_owned(),
            "a sequence" => "must be a list".to_owned(),
            "a map" => "must be an object".to_owned(),
            expected if expected.starts_with("struct ") => "must be an object".to_owned(),
            _ => cause.to_owned(),
        };
    }
    cause.to_owned()
}

/// Returns the names that serde expected in place of an unknown one.
fn choice(rest: &str) -> String {
    let names = rest.strip_prefix(", expected ").map(|rest| rest.trim_start_matches("one of "));
    names.map_or_else(|| "leave it out".to_owned(), |names| format!("send one of: {names}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cause: &str, expected: &str) {
        assert_eq!(sentence(cause, false), expected);
    }

    #[test]
    fn a_sentence_names_the_rule_and_no_type_of_rust() {
        check("missing field `email`", "the field `email` is missing; add it");
        check("unknown field `x`, there are no fields", "unknown field `x`; leave it out");
        check("unknown field `x`, expected `a`", "unknown field `x`; send one of: `a`");
        let variants = "unknown variant `CPF`, expected one of `cpf`, `cnpj`";
        check(variants, "unknown value `CPF`; send one of: `cpf`, `cnpj`");
        check("invalid type: sequence, expected struct ChargeInput", "must be an object");
        check("invalid type: floating point `1.5`, expected u8", "must be an integer");
        check("invalid value: integer `-1`, expected u64", "the number is out of range");
        check("number too large to fit in target type", "the number is too large");
        let amount = sentence("invalid type: string \"19\", expected u64", true);
        let expected =
            "must be an integer without quotes; amounts are in cents, such as 1990 for R$ 19,90";
        assert_eq!(amount, expected);
    }
}
