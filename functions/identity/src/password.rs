//! Hashes of passwords and recovery codes: argon2id with 19 MiB, two passes and one lane (OWASP's
//! first choice), on a thread for blocking work.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::kernel::{Error, Flaw, Moment, Violation};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const LENGTH_MIN: usize = 12;
/// Maximum length: longer passwords are not safer and cost time.
const LENGTH_MAX: usize = 128;

/// The hash to compare with if there is none, so that an unknown e-mail takes as long as a wrong
/// password.
const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$\
                      dHJpbGhvLW5vYm9keS1zYQ$hSHHfyTMCSTPoYnKXYZVHmoNRbPKNzSpYBYcLoBTZu0";

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Checks the length of a new password.
pub(crate) fn check(field: &str, password: &str) -> Result<(), Error> {
    let length = password.chars().count();
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
pub async fn hash(secrets: Vec<String>, moment: &Moment) -> Result<Vec<String>, Error> {
    let salted: Vec<_> = secrets.into_iter().map(|secret| (secret, moment.bytes::<16>())).collect();
    blocking(move || {
        let hash = |(secret, salt): (String, [u8; 16])| {
            let hash = argon2().hash_password_with_salt(secret.as_bytes(), &salt);
            hash.map(|hash: PasswordHash| hash.to_string())
                .map_err(|cause| Error::internal(cause.to_string()))
        };
        salted.into_iter().map(hash).collect()
    })
    .await?
}

/// Returns true if the hash is of this secret. Without a hash it takes as long and returns false.
pub(crate) async fn verify(hash: Option<&str>, secret: &str) -> Result<bool, Error> {
    let (exists, hash) = (hash.is_some(), hash.unwrap_or(DUMMY_HASH).to_owned());
    let secret = secret.to_owned();
    blocking(move || {
        let hash = PasswordHash::new(&hash).map_err(|cause| Error::internal(cause.to_string()))?;
        Ok(argon2().verify_password(secret.as_bytes(), &hash).is_ok() && exists)
    })
    .await?
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
