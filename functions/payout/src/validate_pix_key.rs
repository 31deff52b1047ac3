//! `POST /v1/pix-keys/validate`: validate a Pix key and show its owner.

use brazil::PixKey;
use directory::{LookupRows, look_up};
use domain::access::AuditAction;
use domain::kernel::{Error, Flaw};
use domain::network::LookupPurpose;
use domain::payout::CheckedOwner;
use edge::{Call, OkJson, PixKeyInput, Rows, Target, TargetScope};
use serde_json::{Value, json};
use store::{Key, Store};

use crate::lookup_id;
use crate::validated_key::ValidatedKey;

/// Maximum length of the text. A key has at most 77 characters, and people type spaces.
const KEY_LENGTH_MAX: usize = 100;

/// The stored look-up of the key in the body; `None` if the body has no valid key, and then
/// nothing is read.
pub struct KeyLookupTarget(Option<LookupRows>);

impl Target for KeyLookupTarget {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let key = scope.body_as::<PixKeyInput>().and_then(|input| input.read().ok());
        Ok(key.map_or(Vec::new(), |key| LookupRows::keys(scope.account_id, &key).to_vec()))
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let keys = Self::keys(scope)?;
        let mut rows = keys.iter().map(|key| rows.row(key));
        Ok(Self((!keys.is_empty()).then(|| LookupRows::of(&mut rows)).transpose()?))
    }
}

/// Looks the key up on every request, even with a repeated `Idempotency-Key`, because an answer
/// from a day ago could name an old owner. A retry costs nothing, because the last answer of the
/// directory is stored.
///
/// A look-up in the directory leaves a line in the audit trail; a remembered answer leaves none.
///
/// Checks form and digits first, which costs nothing, and then asks for the owner. The answer
/// never has branch and number of the account. The Central Bank lets a payer see who receives the
/// money, and not where.
pub async fn handle(
    store: &Store,
    call: Call<PixKeyInput, KeyLookupTarget>,
) -> Result<OkJson<ValidatedKey>, Error> {
    let length = call.input.key.chars().count();
    if !(1..=KEY_LENGTH_MAX).contains(&length) {
        let detail = format!("a key must have 1 to {KEY_LENGTH_MAX} characters");
        return Err(Error::invalid("key", Flaw::WrongLength, detail));
    }
    let key: PixKey = match call.input.read() {
        Ok(key) => key,
        Err(error) => return Ok(OkJson(ValidatedKey::malformed(call.input.kind, error))),
    };
    let (account_id, now) = (call.account_id(), call.moment.now);
    let seen = call.target.0.clone();
    let directory = call.rails.directory(account_id)?;
    let asker = (account_id, LookupPurpose::Validation(call.principal.user_id()));
    let after = json!({ "type": key.kind() });
    let audit = call.audit(AuditAction::PixKeyLookedUp, key.masked(), Value::Null, after);
    let lookup = look_up(store, directory, asker, &key, seen, Some(&audit), &call.moment).await;
    let lookup = lookup.map_err(|error| error.into_error(now))?;
    let answer = lookup.owner.clone().map(|owner| {
        let answer = CheckedOwner { owner, checked_at: lookup.checked_at };
        (answer.ends_at(), lookup_id::write(&call, &key, answer))
    });
    Ok(OkJson(ValidatedKey::of(&key, lookup, answer)))
}
