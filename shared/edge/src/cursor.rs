//! Cursors: the position after which a list continues, sealed for the account and the list with its
//! filters. They are sealed and not only signed, so that they show nothing of the table.

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
        detail: "the cursor is not valid here; send next_cursor of the previous page with the same filters".to_owned(),
    }
}
