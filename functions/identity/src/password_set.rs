//! The passwords of all logins of one e-mail. They share a salt, so that one slow hash compares a
//! password with every login, and a log-in takes as long for an e-mail of five accounts as for an
//! unknown e-mail (docs/adr/0020).

use argon2::Params;
use argon2::password_hash::phc::{Output, PasswordHash};
use domain::access::LoginSalt;
use domain::kernel::{Error, Moment};

use crate::hash_slots::SLOTS;
use crate::password::{self, DUMMY_HASH, flaw};

/// Hashes a password under the salt of its e-mail, or under a new one if the e-mail has none.
pub(crate) async fn hash(
    password: &str,
    salt: Option<&LoginSalt>,
    moment: &Moment,
) -> Result<String, Error> {
    let salt: [u8; 16] = salt.and_then(LoginSalt::bytes).unwrap_or_else(|| moment.bytes());
    let password = password::normalised(password);
    SLOTS.run(move || password::new_hash(&password, &salt)).await?
}

/// Hashes a password of random characters, which is beyond all guesses, with the least effort. For the
/// people whom the local bundle makes; its tests make thousands.
pub fn hash_random(password: &str, salt: &LoginSalt) -> Result<String, Error> {
    let salt = salt.bytes().ok_or_else(|| Error::internal("the salt has another form"))?;
    password::quick_hash(&password::normalised(password), &salt)
}

/// Returns for each hash whether it is of this password. It takes as long for no hash as for many with
/// the same salt. A password that is not normalised is also compared as it came, as in
/// [`password::verify`].
pub(crate) async fn verify_each(
    hashes: Vec<Option<String>>,
    password: &str,
) -> Result<Vec<bool>, Error> {
    let spellings = password::spellings(password);
    SLOTS
        .run(move || {
            let mut found = vec![false; hashes.len()];
            for spelling in &spellings {
                let matches = compare(&hashes, spelling)?;
                found.iter_mut().zip(matches).for_each(|(found, matches)| *found |= matches);
            }
            Ok(found)
        })
        .await?
}

fn compare(hashes: &[Option<String>], password: &str) -> Result<Vec<bool>, Error> {
    let mut computed: Vec<(String, Output)> = Vec::new();
    let mut matches = Vec::with_capacity(hashes.len());
    for hash in hashes {
        let Some(hash) = hash else {
            matches.push(false);
            continue;
        };
        let stored = PasswordHash::new(hash).map_err(flaw)?;
        let recipe = recipe(&stored);
        let known = computed.iter().find(|(other, _)| *other == recipe).map(|(_, output)| *output);
        let output = match known {
            Some(output) => output,
            None => {
                let output = hash_as(&stored, password)?;
                computed.push((recipe, output));
                output
            }
        };
        matches.push(stored.hash == Some(output));
    }
    if computed.is_empty() {
        hash_as(&PasswordHash::new(DUMMY_HASH).map_err(flaw)?, password)?;
    }
    Ok(matches)
}

/// Returns everything of a hash but its output: the parameters and the salt.
fn recipe(hash: &PasswordHash) -> String {
    PasswordHash { hash: None, ..hash.clone() }.to_string()
}

/// Hashes the password with the parameters and the salt of this hash.
fn hash_as(stored: &PasswordHash, password: &str) -> Result<Output, Error> {
    let params = Params::try_from(stored).map_err(flaw)?;
    let Some(salt) = &stored.salt else {
        return Err(Error::internal("a stored hash has no salt"));
    };
    password::output(params, password, salt)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; 16] = [7; 16];

    fn hash_of(password: &str, salt: &[u8]) -> Option<String> {
        Some(password::new_hash(password, salt).expect("a hash"))
    }

    #[test]
    fn a_password_is_compared_with_every_hash() {
        let hashes = [
            hash_of("correct horse", &SALT),
            None,
            hash_of("battery staple", &SALT),
            hash_of("correct horse", &SALT),
            hash_of("correct horse", &[8; 16]),
        ];
        let matches = compare(&hashes, "correct horse").expect("hashes");
        assert_eq!(matches, [true, false, false, true, true]);
        assert_eq!(compare(&[], "correct horse").expect("no hash"), [false; 0]);
        assert_eq!(compare(&[None], "correct horse").expect("no hash"), [false]);
    }

    /// Fault row 76: the hash takes nearly all the time of a log-in, so this is what a caller can measure.
    #[test]
    fn no_login_one_login_and_five_of_an_email_take_one_hash() {
        let stored = || hash_of("correct horse", &SALT);
        for hashes in [vec![], vec![None], vec![stored()], vec![stored(); 5]] {
            password::tests::HASHES.set(0);
            compare(&hashes, "a guess").expect("hashes");
            assert_eq!(password::tests::HASHES.get(), 1, "{} logins", hashes.len());
        }
    }

    #[test]
    fn hashes_of_one_salt_share_their_recipe() {
        let recipe_of = |hash: Option<String>| {
            recipe(&PasswordHash::new(&hash.expect("a hash")).expect("a PHC string"))
        };
        let one = recipe_of(hash_of("correct horse", &SALT));
        assert_eq!(one, recipe_of(hash_of("battery staple", &SALT)));
        assert_ne!(one, recipe_of(hash_of("correct horse", &[8; 16])));
    }
}
