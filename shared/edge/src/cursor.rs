//! Cursors: where a list goes on, sealed for the account and the list with its filters. Sealed
//! rather than signed, so that they tell nothing of the table either.

use domain::kernel::{AccountId, Code, Error, Moment};
use gate::Peppers;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn context(account: AccountId, list: &str) -> String {
    format!("cursor:{account}:{list}")
}

pub(crate) fn write(
    peppers: &Peppers,
    account: AccountId,
    list: &str,
    after: &impl Serialize,
    moment: &Moment,
) -> String {
    let position = serde_json::to_vec(after).expect("positions have string keys and no floats");
    peppers.seal(&context(account, list), &position, moment)
}

pub(crate) fn read<P: DeserializeOwned>(
    peppers: &Peppers,
    account: AccountId,
    list: &str,
    cursor: &str,
) -> Result<P, Error> {
    let position = peppers.open(&context(account, list), cursor).map_err(|_| invalid())?;
    serde_json::from_slice(&position).map_err(|_| invalid())
}

pub(crate) fn invalid() -> Error {
    Error::Malformed {
        code: Code::InvalidCursor,
        detail: "use next_cursor of the page before, with the same filters".to_owned(),
    }
}
