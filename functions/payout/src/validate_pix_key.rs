//! `POST /v1/pix-keys/validate`: say whether a PIX key is good, and whose it is.

use brazil::PixKey;
use directory::{KnownLookup, look_up};
use domain::kernel::{Error, Flaw};
use edge::{Call, Found, Target, TargetScope};
use store::{Key, Row, Store};

use crate::new_payout::PixKeyInput;
use crate::validated_key::ValidatedKey;

/// The longest text that is looked at: a key has 77 characters at most, and people write spaces.
const KEY_LENGTH_MAX: usize = 100;

/// What is remembered of the key of the body. None when it is no key: then nothing is read.
pub struct KeyOfBody(Option<KnownLookup>);

impl Target for KeyOfBody {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let key = PixKeyInput::of_body(scope.body).and_then(|input| input.read().ok());
        Ok(key.map_or(Vec::new(), |key| KnownLookup::keys(scope.account_id, &key).to_vec()))
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        let mut rows = rows.peekable();
        let asked = rows.peek().is_some();
        Ok(Self(asked.then(|| KnownLookup::of(&mut rows)).transpose()?))
    }
}

/// Sent again it is looked at again, whatever its `Idempotency-Key`: an answer kept for a day would
/// say whose the key was then. A retry costs nothing, because what the directory said is remembered.
///
/// Checks form and digits, which costs nothing, then asks whose the key is. Branch and number of the
/// account are never told: the Central Bank shows a payer who is paid, and not where.
pub async fn handle(
    store: &Store,
    call: Call<PixKeyInput, KeyOfBody>,
) -> Result<Found<ValidatedKey>, Error> {
    let length = call.input.key.chars().count();
    if !(1..=KEY_LENGTH_MAX).contains(&length) {
        let detail = format!("a key is sent in 1 to {KEY_LENGTH_MAX} characters");
        return Err(Error::invalid("key", Flaw::WrongLength, detail));
    }
    let key: PixKey = match call.input.read() {
        Ok(key) => key,
        Err(error) => return Ok(Found(ValidatedKey::malformed(call.input.kind, error))),
    };
    let (account_id, now) = (call.account_id(), call.moment.now);
    let seen = call.target.0.clone();
    let directory = call.rails.directory(account_id)?;
    let lookup = look_up(store, directory, account_id, &key, seen, &call.moment).await;
    let lookup = lookup.map_err(|unanswered| unanswered.into_error(now))?;
    Ok(Found(ValidatedKey::of(&key, lookup)))
}
