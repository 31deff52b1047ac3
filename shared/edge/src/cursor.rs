//! Cursors: where a list goes on, signed and bound to the account and the list.

use domain::{AccountId, Code, Error};
use gate::Peppers;
use serde::{Deserialize, Serialize};
use store::Position;

#[derive(Serialize, Deserialize)]
struct Cursor {
    account: AccountId,
    list: String,
    after: Position,
}

const PURPOSE: &str = "cursor";

pub(crate) fn write(peppers: &Peppers, account: AccountId, list: &str, after: Position) -> String {
    let cursor = Cursor {
        account,
        list: list.to_owned(),
        after,
    };
    let text = serde_json::to_string(&cursor).expect("a cursor has string keys");
    peppers.sign(PURPOSE, &text)
}

pub(crate) fn read(
    peppers: &Peppers,
    account: AccountId,
    list: &str,
    cursor: &str,
) -> Result<Position, Error> {
    peppers
        .verify(PURPOSE, cursor)
        .and_then(|text| serde_json::from_str::<Cursor>(&text).ok())
        .filter(|cursor| cursor.account == account && cursor.list == list)
        .map(|cursor| cursor.after)
        .ok_or_else(invalid)
}

pub(crate) fn invalid() -> Error {
    Error::Malformed {
        code: Code::InvalidCursor,
        detail: "use next_cursor of the page before, with the same filters".to_owned(),
    }
}
