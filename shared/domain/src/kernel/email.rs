//! E-mail addresses of payers and users.
//!
//! The rule is that of RFC 5321 for addresses that every mail system takes: ASCII, a local part without
//! quotes, and a domain with a dot. Pix keys follow the narrower rule of the directory (`brazil`), which
//! also allows what this rule refuses: dots side by side, and a domain of one word. So the two rules
//! are apart on purpose.
use crate::kernel::{Error, Flaw, Violation};
use email_address::{EmailAddress, Options};

/// Longest e-mail address (RFC 5321, 4.5.3.1.3).
pub const EMAIL_LENGTH_MAX: usize = 254;

/// The form of an address, for the API document. [`email_flaw`] also checks the lengths of its parts.
pub const EMAIL_PATTERN: &str = "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\
    @([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$";

/// Returns the violation of a text that is not an e-mail address. Only a message shows whether the address
/// exists.
pub fn email_flaw(field: &str, text: &str) -> Option<Violation> {
    let detail = "not an e-mail; write it like maria@example.com";
    (!is_email(text)).then(|| Violation::new(field, Flaw::InvalidFormat, detail))
}

/// Refuses a text in the field `email` that is too long to be an address.
pub fn check_email_length(text: &str) -> Result<(), Error> {
    if text.len() <= EMAIL_LENGTH_MAX {
        return Ok(());
    }
    let detail = format!("an e-mail has at most {EMAIL_LENGTH_MAX} characters");
    Err(Error::invalid("email", Flaw::WrongLength, detail))
}

fn is_email(text: &str) -> bool {
    let options =
        Options::default().with_required_tld().without_domain_literal().without_display_text();
    text.len() <= EMAIL_LENGTH_MAX
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
        && EmailAddress::parse_with_options(text, options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_mail_systems_take_pass() {
        let longest_local = format!("{}@example.com", "a".repeat(64));
        for text in [
            "maria@example.com",
            "ana+pix@example.com",
            "o'hara@example.com",
            "Ana.Lima@Example.COM",
            "a@b.co",
            "x_1-2@sub.example.com.br",
            "0@xn--bcher-kva.example",
            &longest_local,
        ] {
            assert_eq!(email_flaw("email", text), None, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let (long_local, long) =
            (format!("{}@example.com", "a".repeat(65)), format!("a@{}com", "b.".repeat(126)));
        let long_label = format!("a@{}.com", "b".repeat(64));
        for text in [
            "",
            "@",
            "ana lima@example.com",
            "ana@@example.com",
            "ana@example.com, bia@example.com",
            "ana@",
            "@example.com",
            "Ana <ana@example.com>",
            "ana@exam ple.com",
            "ana@example..com",
            "ana@example.com\u{200b}",
            ".ana@example.com",
            "ana.@example.com",
            "a..b@example.com",
            "a:b@example.com",
            "ana@example",
            "ana@-example.com",
            "ana@example-.com",
            "ana@[127.0.0.1]",
            "\"ana\"@example.com",
            "ána@example.com",
            "ana@exämple.com",
            "ana@example.com\r\n",
            "ana@example.com.",
            &long_local,
            &long,
            &long_label,
        ] {
            let flaw = email_flaw("email", text).map(|violation| violation.code);
            assert_eq!(flaw, Some(Flaw::InvalidFormat), "{text:?}");
        }
    }
}
