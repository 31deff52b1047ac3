//! Transactions whose steps carry their own meaning: each holds the error it stands for when its
//! condition fails.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{AccountId, ApiKey, Charge, Code, Delay, Effects, Error, LoginKey, Session};
use jiff::Timestamp;
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::items::Location;
use crate::read::{Attributes, attributes};
use crate::{Idempotency, Item, Key, Reference, table};

/// What a failed condition means.
pub(crate) enum Meaning {
    Is(Error),
    /// The row that stands in the way says it.
    Told(fn(Attributes) -> Error),
    /// An earlier request did this.
    Replay,
}

/// What a step does to its row.
pub(crate) enum Action {
    Put(Attributes),
    Update(Attributes, &'static str, Names),
    Delete(Attributes),
}

/// Names an update cannot spell out.
pub(crate) type Names = Vec<(&'static str, String)>;

/// One step. `condition` is empty when there is none; `values` serve condition and update.
pub(crate) struct Step {
    pub(crate) action: Action,
    pub(crate) condition: Option<&'static str>,
    pub(crate) values: Vec<(&'static str, AttributeValue)>,
    pub(crate) meaning: Meaning,
}

/// The steps of one transaction.
#[derive(Default)]
pub struct Writes {
    pub(crate) steps: Vec<Step>,
}

const ABSENT: &str = "attribute_not_exists(pk)";
const PRESENT: &str = "attribute_exists(pk)";

impl Writes {
    /// Writes a row that must not be there. Only a repeated random id can fail here.
    #[must_use]
    pub fn create<I: Item>(self, item: &I) -> Self {
        self.create_or(item, Error::Stale)
    }

    /// Writes a row that must not be there; `taken` is the answer when it is.
    #[must_use]
    pub fn create_or<I: Item>(self, item: &I, taken: Error) -> Self {
        self.put(row(item, 1), Some(ABSENT), Vec::new(), Meaning::Is(taken))
    }

    /// Writes a row over the version that was read; version 0 stands for "not there". Somebody
    /// else's change in between makes the whole transaction stale.
    #[must_use]
    pub fn replace<I: Item>(self, item: &I) -> Self {
        let version = item.version().expect("only types with a version are replaced");
        let row = row(item, version + 1);
        if version == 0 {
            return self.put(row, Some(ABSENT), Vec::new(), Meaning::Is(Error::Stale));
        }
        let values = vec![(":version", number(version))];
        self.put(row, Some("version = :version"), values, Meaning::Is(Error::Stale))
    }

    /// Removes a row that must be there.
    #[must_use]
    pub fn remove(self, key: &Key) -> Self {
        self.step(Action::Delete(name(key)), Some(PRESENT), Vec::new(), Meaning::Is(Error::Stale))
    }

    /// Removes a row at the version that was read.
    #[must_use]
    pub fn remove_read<I: Item>(self, item: &I) -> Self {
        let version = item.version().expect("only types with a version are removed as read");
        let values = vec![(":version", number(version))];
        let delete = Action::Delete(name(&item.key()));
        self.step(delete, Some("version = :version"), values, Meaning::Is(Error::Stale))
    }

    /// Removes the failed attempts that were read. An attempt that failed meanwhile refuses this
    /// one: deciding again would look at it after all, and of many guesses sent at once only one
    /// is answered.
    #[must_use]
    pub fn forget_failures(self, delay: &Delay) -> Self {
        let key = Action::Delete(name(&Key::Delay(delay.key.clone(), delay.door)));
        let (condition, values) = match delay.version {
            0 => (ABSENT, Vec::new()),
            version => ("version = :version", vec![(":version", number(version))]),
        };
        let overtaken = Error::TooMany { retry_after_seconds: 1 };
        self.step(key, Some(condition), values, Meaning::Is(overtaken))
    }

    /// Opens a charge: the charge, its reference, its PIX location, and what it brings with it.
    #[must_use]
    pub fn open_charge(mut self, charge: &Charge, effects: &Effects) -> Self {
        let (account_id, charge_id) = (charge.account_id, charge.id);
        if let Some(reference) = charge.reference.clone() {
            let reference = Reference { account_id, reference, charge_id };
            self = self.put(
                row(&reference, 1),
                Some(ABSENT),
                Vec::new(),
                Meaning::Told(reference_taken),
            );
        }
        let location = Location { token: charge.pix.txid.to_string(), account_id, charge_id };
        self.create(charge).create(&location).record(effects)
    }

    /// Writes the entries and events of a change. An entry's place can be taken only once, so the
    /// books have no gap and no fork.
    #[must_use]
    pub fn record(self, effects: &Effects) -> Self {
        let writes = effects.entries.iter().fold(self, Self::create);
        effects.events.iter().fold(writes, Self::create)
    }

    /// Uses up a two-factor code: only a step later than the last one is accepted, so a code works
    /// once even in two functions at the same moment.
    #[must_use]
    pub fn use_code(self, login: &LoginKey, step: u64) -> Self {
        let used = Error::forbidden(
            Code::TwoFactorCodeInvalid,
            "the two-factor code was used already; wait for the next one",
        );
        let update = "SET two_factor.last_step = :step ADD version :one";
        self.step(
            Action::Update(name(&Key::Login(login.clone())), update, Vec::new()),
            Some("two_factor.last_step < :step"),
            vec![(":step", number(step)), (":one", number(1))],
            Meaning::Is(used),
        )
    }

    /// Writes down that the second factor was shown in a session.
    #[must_use]
    pub fn show_second_factor(self, session: &Session) -> Self {
        self.step(
            Action::Update(name(&session.key()), "SET two_factor = :yes", Vec::new()),
            Some(PRESENT),
            vec![(":yes", AttributeValue::Bool(true))],
            Meaning::Is(Error::Stale),
        )
    }

    /// Takes a person's second factor away.
    #[must_use]
    pub fn reset_two_factor(self, login: &LoginKey) -> Self {
        let update = "REMOVE two_factor, pending_secret ADD version :one";
        self.step(
            Action::Update(name(&Key::Login(login.clone())), update, Vec::new()),
            Some(PRESENT),
            vec![(":one", number(1))],
            Meaning::Is(Error::Stale),
        )
    }

    /// Takes a key off its user's list.
    #[must_use]
    pub fn unlist_key(self, key: &ApiKey) -> Self {
        let user = name(&Key::User(key.account_id, key.user_id));
        let names = vec![("#key", key.id.to_string())];
        self.step(
            Action::Update(user, "REMOVE api_keys.#key ADD version :one", names),
            Some(PRESENT),
            vec![(":one", number(1))],
            Meaning::Is(Error::Stale),
        )
    }

    /// One more acting moderator.
    #[must_use]
    pub fn add_moderator(self, account_id: AccountId) -> Self {
        let roster =
            Action::Update(name(&Key::Roster(account_id)), "ADD moderators :one", Vec::new());
        self.step(roster, None, vec![(":one", number(1))], Meaning::Is(Error::Stale))
    }

    /// One acting moderator less, unless it is the last.
    #[must_use]
    pub fn remove_moderator(self, account_id: AccountId) -> Self {
        let last = Error::conflict(
            Code::LastModerator,
            "this is the account's last moderator; make somebody else a moderator first",
        );
        let less = AttributeValue::N("-1".to_owned());
        self.step(
            Action::Update(name(&Key::Roster(account_id)), "ADD moderators :less", Vec::new()),
            Some("moderators > :one"),
            vec![(":one", number(1)), (":less", less)],
            Meaning::Is(last),
        )
    }

    /// Stores the answer with the change, as the first step: a replay outranks every other reason.
    /// `now` decides whether an old row still counts, because DynamoDB may remove it days late.
    #[must_use]
    pub fn idempotent(mut self, answer: &Idempotency, now: Timestamp) -> Self {
        let mut item = row(answer, 1);
        item.insert("expires_ms".to_owned(), milliseconds(answer.expires_at));
        let step = Step {
            action: Action::Put(item),
            condition: Some("attribute_not_exists(pk) OR expires_ms <= :now"),
            values: vec![(":now", milliseconds(now))],
            meaning: Meaning::Replay,
        };
        self.steps.insert(0, step);
        self
    }

    fn put(
        self,
        row: Attributes,
        condition: Option<&'static str>,
        values: Vec<(&'static str, AttributeValue)>,
        meaning: Meaning,
    ) -> Self {
        self.step(Action::Put(row), condition, values, meaning)
    }

    fn step(
        mut self,
        action: Action,
        condition: Option<&'static str>,
        values: Vec<(&'static str, AttributeValue)>,
        meaning: Meaning,
    ) -> Self {
        self.steps.push(Step { action, condition, values, meaning });
        self
    }
}

/// The row of an item: its fields, its key, its index keys, its version and its end.
fn row<I: Item>(item: &I, version: u64) -> Attributes {
    let mut row: Attributes = to_item(item).expect("items have string keys and no floats");
    row.extend(name(&item.key()));
    row.extend(
        item.index().into_iter().map(|(name, key)| (name.to_owned(), AttributeValue::S(key))),
    );
    row.insert(table::ROW.to_owned(), AttributeValue::S(I::KIND.to_owned()));
    if item.version().is_some() {
        row.insert("version".to_owned(), number(version));
    }
    if let Some(at) = item.ends_at() {
        row.insert(table::TTL.to_owned(), AttributeValue::N(at.as_second().to_string()));
    }
    row
}

fn name(key: &Key) -> Attributes {
    attributes((key.pk(), key.sk()))
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn milliseconds(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.as_millisecond().to_string())
}

fn reference_taken(row: Attributes) -> Error {
    match from_item::<Reference>(row) {
        Ok(holder) => Error::conflict(
            Code::ReferenceTaken,
            format!("the reference {:?} belongs to {}", holder.reference, holder.charge_id),
        ),
        Err(cause) => Error::internal(cause),
    }
}
