//! Hashes of passwords and recovery codes: argon2id with 19 MiB, two passes and one lane (OWASP's
//! first choice), in a slot for slow hashes.
//!
//! A keyboard decides whether `é` is one character or two, so passwords are normalised before they are
//! hashed and counted (RFC 8265, `OpaqueString`).

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use domain::kernel::{Error, Flaw, Moment, Violation};
use unicode_normalization::UnicodeNormalization;

use crate::hash_slots::SLOTS;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const LENGTH_MIN: usize = 12;
/// Maximum length: longer passwords are not safer and cost time.
const LENGTH_MAX: usize = 128;

/// The hash to compare with if there is none, so that an unknown e-mail takes as long as a wrong
/// password.
pub(crate) const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$\
                      dHJpbGhvLW5vYm9keS1zYQ$hSHHfyTMCSTPoYnKXYZVHmoNRbPKNzSpYBYcLoBTZu0";

fn argon2(params: Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Returns the password as it is hashed: every space as U+0020, then NFC. ASCII stays as it is.
pub(crate) fn normalised(password: &str) -> String {
    let plain = |letter| if is_space(letter) { ' ' } else { letter };
    password.chars().map(plain).nfc().collect()
}

/// Returns true for the spaces of Unicode (category Zs).
const fn is_space(letter: char) -> bool {
    matches!(
        letter,
        ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Checks the length of a new password, in characters after normalisation.
pub(crate) fn check(field: &str, password: &str) -> Result<(), Error> {
    let length = normalised(password).chars().count();
    if (LENGTH_MIN..=LENGTH_MAX).contains(&length) {
        return Ok(());
    }
    let detail = format!(
        "a password must have {LENGTH_MIN} to {LENGTH_MAX} characters; use a sentence or a password \
         manager"
    );
    Err(Error::Invalid(vec![Violation::new(field, Flaw::WrongLength, detail)]))
}

/// Hashes secrets, each with a new salt.
pub(crate) async fn hash(secrets: Vec<String>, moment: &Moment) -> Result<Vec<String>, Error> {
    let salted: Vec<_> = secrets.into_iter().map(|secret| (secret, moment.bytes::<16>())).collect();
    let hash = |(secret, salt): (String, [u8; 16])| new_hash(&normalised(&secret), &salt);
    SLOTS.run(move || salted.into_iter().map(hash).collect()).await?
}

/// Returns true if the hash is of this secret. Without a hash it takes as long and returns false.
///
/// A password that is not normalised is also compared as it came, because its hash can be older than
/// the normalisation. So the time depends on the text that the caller sent, and on nothing stored.
pub(crate) async fn verify(hash: Option<&str>, secret: &str) -> Result<bool, Error> {
    let (exists, hash) = (hash.is_some(), hash.unwrap_or(DUMMY_HASH).to_owned());
    let spellings = spellings(secret);
    SLOTS
        .run(move || {
            let hash = PasswordHash::new(&hash).map_err(flaw)?;
            for spelling in &spellings {
                if is_of(&hash, spelling)? {
                    return Ok(exists);
                }
            }
            Ok(false)
        })
        .await?
}

/// Returns the texts whose hash can be stored for this secret: normalised, and as it came if that
/// differs.
pub(crate) fn spellings(secret: &str) -> Vec<String> {
    let mut spellings = vec![normalised(secret)];
    spellings.extend((spellings[0] != secret).then(|| secret.to_owned()));
    spellings
}

/// Hashes a normalised secret under this salt.
pub(crate) fn new_hash(secret: &str, salt: &[u8]) -> Result<String, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("within argon2's limits");
    hash_with(params, secret, salt)
}

/// Hashes a normalised secret with the least effort.
pub(crate) fn quick_hash(secret: &str, salt: &[u8]) -> Result<String, Error> {
    let params = Params::new(Params::MIN_M_COST, Params::MIN_T_COST, LANES, None);
    hash_with(params.expect("within argon2's limits"), secret, salt)
}

fn hash_with(params: Params, secret: &str, salt: &[u8]) -> Result<String, Error> {
    let text = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(flaw)?,
        salt: Some(Salt::new(salt).map_err(flaw)?),
        hash: Some(output(params, secret, salt)?),
    };
    Ok(text.to_string())
}

/// Returns true if the hash is of this secret. The comparison takes constant time.
fn is_of(hash: &PasswordHash, secret: &str) -> Result<bool, Error> {
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Err(Error::internal("a stored hash has no salt or no output"));
    };
    if hash.algorithm != ARGON2ID_IDENT {
        return Err(Error::internal("a stored hash is not argon2id"));
    }
    let params = Params::try_from(hash).map_err(flaw)?;
    Ok(output(params, secret, salt)? == *expected)
}

/// Computes the hash of a text, with these parameters and this salt.
pub(crate) fn output(params: Params, secret: &str, salt: &[u8]) -> Result<Output, Error> {
    let (blocks, length) = (params.block_count(), params.output_len());
    let mut out = vec![0; length.unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    let argon2 = argon2(params);
    #[cfg(test)]
    tests::HASHES.with(|hashes| hashes.set(hashes.get() + 1));
    SLOTS
        .with_memory(blocks, |memory| {
            argon2.hash_password_into_with_memory(secret.as_bytes(), salt, &mut out, memory)
        })
        .map_err(flaw)?;
    Output::new(&out).map_err(flaw)
}

pub(crate) fn flaw(cause: impl ToString) -> Error {
    Error::internal(cause.to_string())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    thread_local! {
        /// Hashes that this thread has computed.
        pub(crate) static HASHES: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    #[test]
    fn the_dummy_hash_costs_as_much_as_a_real_one() {
        let hash = PasswordHash::new(DUMMY_HASH).expect("a PHC string");
        let params = Params::try_from(&hash).expect("argon2 parameters");
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (MEMORY_KIB, PASSES, LANES)
        );
        let length = hash.hash.expect("has an output").as_ref().len();
        assert_eq!(length, Params::DEFAULT_OUTPUT_LEN);
    }

    struct FixedEntropy;

    impl domain::kernel::Entropy for FixedEntropy {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    async fn hashed(secret: &str) -> String {
        let entropy = std::sync::Arc::new(FixedEntropy);
        let moment = Moment::new(jiff::Timestamp::UNIX_EPOCH, entropy);
        hash(vec![secret.to_owned()], &moment).await.expect("hashes").remove(0)
    }

    /// The hash of the crate itself, which every hash was before passwords were normalised.
    fn hashed_as_it_came(secret: &str) -> String {
        use argon2::password_hash::PasswordHasher;
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("argon2 parameters");
        let hash = argon2(params).hash_password_with_salt(secret.as_bytes(), &[7; 16]);
        hash.map(|hash: PasswordHash| hash.to_string()).expect("hashes")
    }

    #[tokio::test]
    async fn a_hash_is_what_the_crate_makes_of_the_normalised_password() {
        assert_eq!(hashed("cora\u{e7}\u{e3}o 1").await, hashed_as_it_came("cora\u{e7}\u{e3}o 1"));
    }

    #[tokio::test]
    async fn every_spelling_of_a_password_is_the_same_password() {
        let (nfc, nfd) =
            ("cora\u{e7}\u{e3}o de le\u{e3}o", "corac\u{327}a\u{303}o\u{a0}de lea\u{303}o");
        for (set, typed) in [(nfc, nfd), (nfd, nfc), (nfc, nfc), (nfd, nfd)] {
            assert!(verify(Some(&hashed(set).await), typed).await.expect("verifies"), "{set:?}");
        }
        let old = hashed_as_it_came(nfd);
        assert!(verify(Some(&old), nfd).await.expect("verifies"), "as it came");
        assert!(!verify(Some(&old), nfc).await.expect("verifies"));
        assert!(!verify(Some(&hashed(nfc).await), "coracao de leao").await.expect("verifies"));
        assert!(!verify(None, nfd).await.expect("verifies"));
    }

    #[track_caller]
    fn check_length(password: &str, accepted: bool) {
        assert_eq!(check("password", password).is_ok(), accepted, "{password:?}");
    }

    #[test]
    fn the_length_counts_characters_after_normalisation() {
        check_length(&"a".repeat(11), false);
        check_length(&"a".repeat(12), true);
        check_length("a\u{303}e\u{301}i\u{301}o\u{301}u\u{303}-senha", false);
        check_length(&"a\u{303}".repeat(12), true);
        check_length(&"a\u{303}".repeat(128), true);
        check_length(&"a\u{303}".repeat(129), false);
        check_length(&"\u{1f600}".repeat(12), true);
    }
}
