//! Time-based one-time codes (RFC 6238): SHA-1, 6 digits, 30 seconds, one step of drift each way.
//! It is SHA-1, because common authenticator apps silently fall back to it.

use domain::kernel::{Moment, UserId};
use jiff::Timestamp;
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Length of one step, in seconds.
pub const TOTP_STEP_SECONDS: u64 = 30;
const DIGITS: u8 = 6;
/// Accepted drift in each direction, in steps.
const DRIFT_STEPS: u64 = 1;
/// Length of a secret in bytes; RFC 4226 recommends 160 bits.
const SECRET_BYTES: usize = 20;

/// The form of a code as people write it, for the API document.
pub const CODE_PATTERN: &str = "^[ -]*[0-9]([ -]*[0-9]){5}[ -]*$";

/// Makes a shared secret.
pub fn new_secret(moment: &Moment) -> [u8; SECRET_BYTES] {
    moment.bytes()
}

/// Returns the context under which a person's secret is sealed; see [`crate::Peppers::seal`].
pub fn totp_context(user_id: UserId) -> String {
    format!("totp:{user_id}")
}

/// Returns the secret as people type it: base32 without padding.
pub fn secret_base32(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

/// Returns the `otpauth://` URL that an authenticator app reads.
pub fn enrolment_url(secret: &[u8], account_name: &str) -> Option<String> {
    // The label may not contain a colon (Key URI format).
    builder(secret)
        .with_account_name(account_name.replace(':', " "))
        .with_issuer(Some("Trilho"))
        .build()
        .ok()?
        .to_url()
        .ok()
}

/// Returns the step of a valid code, if it is later than `last_step`. Returns `None` for a wrong, old or
/// used code. Separators in the code are ignored.
pub fn accepted_step(secret: &[u8], code: &str, last_step: u64, now: Timestamp) -> Option<u64> {
    let (totp, code) = (totp(secret)?, without_separators(code));
    let current = u64::try_from(now.as_second()).ok()? / TOTP_STEP_SECONDS;
    let first = current.saturating_sub(DRIFT_STEPS).max(last_step.saturating_add(1));
    // Every step of the window is compared, so that the duration shows nothing of the code.
    (first..=current + DRIFT_STEPS).fold(None, |found, step| {
        let token = totp.generate(step * TOTP_STEP_SECONDS).to_string();
        let equal = bool::from(token.as_bytes().ct_eq(code.as_bytes()));
        if equal { found.or(Some(step)) } else { found }
    })
}

/// Returns true if this is the last accepted code: a retry, not a guess.
pub fn is_last_code(secret: &[u8], code: &str, last_step: u64) -> bool {
    let code = without_separators(code);
    totp(secret).is_some_and(|totp| {
        let token = totp.generate(last_step * TOTP_STEP_SECONDS).to_string();
        token.as_bytes().ct_eq(code.as_bytes()).into()
    })
}

/// Removes what people and authenticators write between the digits: white space of any width, hyphens
/// and dashes.
fn without_separators(code: &str) -> String {
    let is_separator = |character: char| {
        character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
    };
    code.chars().filter(|character| !is_separator(*character)).collect()
}

fn builder(secret: &[u8]) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(TOTP_STEP_SECONDS)
        .with_secret(secret.to_vec())
}

fn totp(secret: &[u8]) -> Option<Totp> {
    builder(secret).with_account_name("x").build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B (SHA-1); the last six of its eight digits.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];
    const SECRET: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        for (second, code) in VECTORS {
            let step = u64::try_from(second).expect("positive") / 30;
            assert_eq!(accepted_step(SECRET, code, 0, at(second)), Some(step), "{second}");
        }
    }

    #[test]
    fn one_step_of_drift_each_way_and_no_more() {
        let (second, code) = VECTORS[3];
        let accepted =
            |steps: i64| accepted_step(SECRET, code, 0, at(second + 30 * steps)).is_some();
        assert_eq!([-2, -1, 0, 1, 2].map(accepted), [false, true, true, true, false]);
    }

    #[test]
    fn a_used_step_and_all_before_it_are_refused() {
        let (second, code) = VECTORS[3];
        let step = u64::try_from(second).expect("positive") / 30;
        assert_eq!(accepted_step(SECRET, code, step - 1, at(second)), Some(step));
        assert_eq!(accepted_step(SECRET, code, step, at(second)), None);
        assert_eq!(accepted_step(SECRET, code, step + 1, at(second)), None);
    }

    #[test]
    fn separators_in_a_code_are_ignored() {
        let written = [
            "287 082",
            "287\u{a0}082",
            "287\u{2009}082",
            "287\u{202f}082",
            "287-082",
            "287\u{2011}082",
            " 28 70 82 ",
            "287 – 082",
            "\t287082\n",
        ];
        for code in written {
            assert_eq!(accepted_step(SECRET, code, 0, at(59)), Some(1), "{code:?}");
            assert!(is_last_code(SECRET, code, 1), "{code:?}");
        }
    }

    #[test]
    fn a_code_of_the_wrong_form_is_refused() {
        for code in ["", "28708", "2870820", "28708a", "٢٨٧٠٨٢", "287.082", "287082\u{200b}"]
        {
            assert_eq!(accepted_step(SECRET, code, 0, at(59)), None, "{code}");
        }
    }
}
