//! The id of a look-up: the owner that the directory named for a Pix key, sealed for the account.
//!
//! The id holds the answer itself, so a payout that names it needs no row and no further round trip
//! (docs/adr/0033). It is sealed and not only signed, because the answer has the whole document of the
//! owner, and callers see only a part of it.

use brazil::PixKey;
use domain::kernel::{AccountId, Flaw};
use domain::payout::{CheckedOwner, PayoutDestination};
use edge::Call;
use serde::{Deserialize, Serialize};

/// The start of each id.
const PREFIX: &str = "lku_";

/// A look-up as its id holds it.
#[derive(Serialize, Deserialize)]
struct SealedLookup {
    key: PixKey,
    answer: CheckedOwner,
}

/// Another account and another purpose cannot open the id.
fn context(account_id: AccountId) -> String {
    format!("lookup:{account_id}")
}

/// Returns the id of a look-up with an owner.
pub(crate) fn write<I, T>(call: &Call<I, T>, key: &PixKey, answer: CheckedOwner) -> String {
    let lookup = SealedLookup { key: key.clone(), answer };
    let plain = serde_json::to_vec(&lookup).expect("a look-up has string keys and no floats");
    let sealed = call.peppers.seal(&context(call.account_id()), &plain, &call.moment);
    format!("{PREFIX}{sealed}")
}

/// Returns the owner that the look-up with this id named for the key of the destination.
///
/// # Errors
/// The flaw of the id, with its explanation.
pub(crate) fn read<I, T>(
    call: &Call<I, T>,
    id: &str,
    to: &PayoutDestination,
) -> Result<CheckedOwner, (Flaw, &'static str)> {
    let unknown = (
        Flaw::UnknownValue,
        "the account has no such look-up; send `lookup_id` of `POST /v1/pix-keys/validate`",
    );
    let Some(key) = to.pix_key() else {
        let detail = "a look-up names the owner of a Pix key; leave it out for a bank account";
        return Err((Flaw::InvalidFormat, detail));
    };
    let sealed = id.strip_prefix(PREFIX).ok_or(unknown)?;
    let plain = call.peppers.open(&context(call.account_id()), sealed).map_err(|_| unknown)?;
    let lookup: SealedLookup = serde_json::from_slice(&plain).map_err(|_| unknown)?;
    if lookup.key != *key {
        let detail = "the look-up is of another Pix key; validate the key of this payout";
        return Err((Flaw::UnknownValue, detail));
    }
    if lookup.answer.ends_at() <= call.moment.now {
        let detail = "the look-up has expired, because keys change owners; validate the key again";
        return Err((Flaw::OutOfRange, detail));
    }
    Ok(lookup.answer)
}
