//! Transactions whose steps carry their own meaning: each holds the error it stands for when its
//! condition fails.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::access::{ApiKey, LoginKey, LoginThrottle, ModeratorCount, Session};
use domain::account::Account;
use domain::charge::{Charge, PixCharge, Refund, RefundContext};
use domain::event::Event;
use domain::kernel::{AccountId, Code, EndpointId, Error};
use domain::ledger::{Books, Effects, Funds, LedgerAudit, TransactionRef};
use domain::network::KnownKey;
use domain::payout::Payout;
use domain::statement::SCHEDULES_MAX;
use domain::webhook::ENDPOINTS_MAX;
use jiff::Timestamp;
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::items::Location;
use crate::key::Table;
use crate::read::{Attributes, attributes};
use crate::{Idempotency, Item, Key, Reference, table};

/// What a failed condition means.
pub(crate) enum OnConditionFailed {
    Fail(Error),
    /// The row that stands in the way says it.
    FailWith(fn(Attributes) -> Error),
    /// An earlier request did this.
    Replay,
}

/// What a step does to its row.
pub(crate) enum WriteAction {
    Put(Attributes),
    Update(Attributes, &'static str, AttributeNames),
    Delete(Attributes),
    /// Demands something of it and leaves it as it is.
    Check(Attributes, AttributeNames),
}

/// Names an update cannot spell out.
pub(crate) type AttributeNames = Vec<(&'static str, String)>;

/// One step. `condition` is empty when there is none; `values` serve condition and update.
pub(crate) struct WriteStep {
    pub(crate) table: Table,
    pub(crate) action: WriteAction,
    pub(crate) condition: Option<&'static str>,
    pub(crate) values: Vec<(&'static str, AttributeValue)>,
    pub(crate) on_condition_failed: OnConditionFailed,
}

/// The steps of one transaction.
#[derive(Default)]
pub struct Writes {
    pub(crate) steps: Vec<WriteStep>,
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
        self.put(item, 1, Some(ABSENT), Vec::new(), OnConditionFailed::Fail(taken))
    }

    /// Writes a row over the version that was read; version 0 stands for "not there". Somebody
    /// else's change in between makes the whole transaction stale.
    #[must_use]
    pub fn replace<I: Item>(self, item: &I) -> Self {
        let version = version(item);
        let (condition, values) = as_read(version);
        self.put(item, version + 1, Some(condition), values, OnConditionFailed::Fail(Error::Stale))
    }

    /// Removes a row that must be there.
    #[must_use]
    pub fn remove(self, key: &Key) -> Self {
        let delete = WriteAction::Delete(name(key));
        self.step(key, delete, Some(PRESENT), Vec::new(), OnConditionFailed::Fail(Error::Stale))
    }

    /// Removes a row at the version that was read.
    #[must_use]
    pub fn remove_read<I: Item>(self, item: &I) -> Self {
        let (condition, values) = as_read(version(item));
        let key = item.key();
        let delete = WriteAction::Delete(name(&key));
        self.step(&key, delete, Some(condition), values, OnConditionFailed::Fail(Error::Stale))
    }

    /// Removes the failed attempts that were read. An attempt that failed meanwhile refuses this
    /// one: deciding again would look at it after all, and of many guesses sent at once only one
    /// is answered.
    #[must_use]
    pub fn forget_failures(self, throttle: &LoginThrottle) -> Self {
        let (condition, values) = as_read(throttle.version);
        let key = throttle.key();
        let overtaken = Error::too_many_attempts(1);
        self.step(
            &key,
            WriteAction::Delete(name(&key)),
            Some(condition),
            values,
            OnConditionFailed::Fail(overtaken),
        )
    }

    /// Opens an account: its terms, empty books that are to be audited, and a roster that nobody is on.
    #[must_use]
    pub fn open_account(self, account: &Account) -> Self {
        let moderator_count = ModeratorCount { account_id: account.id, moderators: 0 };
        let check = LedgerAudit::begin(account.id, account.created_at);
        self.create(account)
            .create(&Books::open(account.id))
            .create(&check)
            .create(&moderator_count)
    }

    /// Opens a charge: the charge, its reference, its PIX location, and what it brings with it.
    #[must_use]
    pub fn open_charge(self, charge: &Charge, effects: &Effects) -> Self {
        let (account_id, charge_id) = (charge.account_id, charge.id);
        let transaction = TransactionRef::Charge(charge_id);
        let writes = self.refer(account_id, charge.reference.as_ref(), transaction).create(charge);
        let location =
            |pix: &PixCharge| Location { token: pix.txid.to_string(), account_id, charge_id };
        match charge.method.pix().map(location) {
            Some(location) => writes.create(&location).record(effects),
            None => writes.record(effects),
        }
    }

    /// Opens a payout: the payout, its reference, what it did to the money, and what it brings with
    /// it.
    #[must_use]
    pub fn open_payout(self, payout: &Payout, funds: &Funds, effects: &Effects) -> Self {
        self.refer(payout.account_id, payout.reference.as_ref(), TransactionRef::Payout(payout.id))
            .change_payout(payout, funds, effects)
    }

    /// Writes a changed payout, with its money where that changed.
    #[must_use]
    pub fn change_payout(self, payout: &Payout, funds: &Funds, effects: &Effects) -> Self {
        self.replace(payout).change_funds(funds).record(effects)
    }

    /// Opens a refund: the refund, its reference, what it did to charge and money, and what it brings
    /// with it.
    #[must_use]
    pub fn open_refund(self, refund: &Refund, context: &RefundContext, effects: &Effects) -> Self {
        self.refer(refund.account_id, refund.reference.as_ref(), TransactionRef::Refund(refund.id))
            .change_refund(refund, context, effects)
    }

    /// Writes a changed refund, with its charge and its money where those changed. The charge at the
    /// version that was read is what keeps all its refunds together within what was paid.
    #[must_use]
    pub fn change_refund(
        self,
        refund: &Refund,
        context: &RefundContext,
        effects: &Effects,
    ) -> Self {
        let writes = self.replace(refund);
        let writes = context.changed_charge().into_iter().fold(writes, Self::replace);
        writes.change_funds(&context.funds).record(effects)
    }

    fn change_funds(self, funds: &Funds) -> Self {
        let writes = funds.changed_books().into_iter().fold(self, Self::replace);
        funds.changed_hold().into_iter().fold(writes, Self::replace)
    }

    /// Takes the caller's own id for this object, unless another has it.
    fn refer(
        self,
        account_id: AccountId,
        reference: Option<&String>,
        holder: TransactionRef,
    ) -> Self {
        let Some(reference) = reference.cloned() else { return self };
        let reference = Reference { account_id, reference, holder };
        self.put(
            &reference,
            1,
            Some(ABSENT),
            Vec::new(),
            OnConditionFailed::FailWith(reference_taken),
        )
    }

    /// Writes the entries and events of a change. An entry's place can be taken only once, so the
    /// books have no gap and no fork.
    #[must_use]
    pub fn record(self, effects: &Effects) -> Self {
        let writes = effects.entries.iter().fold(self, Self::create);
        let writes = effects.days.iter().fold(writes, Self::create);
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
        let key = Key::Login(login.clone());
        self.step(
            &key,
            WriteAction::Update(name(&key), update, Vec::new()),
            Some("two_factor.last_step < :step"),
            vec![(":step", number(step)), (":one", number(1))],
            OnConditionFailed::Fail(used),
        )
    }

    /// Writes down that the second factor was shown in a session.
    #[must_use]
    pub fn show_second_factor(self, session: &Session) -> Self {
        let key = session.key();
        self.step(
            &key,
            WriteAction::Update(name(&key), "SET two_factor = :yes", Vec::new()),
            Some(PRESENT),
            vec![(":yes", AttributeValue::Bool(true))],
            OnConditionFailed::Fail(Error::Stale),
        )
    }

    /// Takes a person's second factor away.
    #[must_use]
    pub fn reset_two_factor(self, login: &LoginKey) -> Self {
        let update = "REMOVE two_factor, pending_secret ADD version :one";
        let key = Key::Login(login.clone());
        self.step(
            &key,
            WriteAction::Update(name(&key), update, Vec::new()),
            Some(PRESENT),
            vec![(":one", number(1))],
            OnConditionFailed::Fail(Error::Stale),
        )
    }

    /// Takes a key off its user's list.
    #[must_use]
    pub fn unlist_key(self, key: &ApiKey) -> Self {
        let user = Key::User(key.account_id, key.user_id);
        let names = vec![("#key", key.id.to_string())];
        self.step(
            &user,
            WriteAction::Update(name(&user), "REMOVE api_keys.#key ADD version :one", names),
            Some(PRESENT),
            vec![(":one", number(1))],
            OnConditionFailed::Fail(Error::Stale),
        )
    }

    /// One more acting moderator.
    #[must_use]
    pub fn add_moderator(self, account_id: AccountId) -> Self {
        self.count(&Key::ModeratorCount(account_id), "ADD moderators :by", 1, None)
    }

    /// One acting moderator less, unless it is the last.
    #[must_use]
    pub fn remove_moderator(self, account_id: AccountId) -> Self {
        let last = Error::conflict(
            Code::LastModerator,
            "this is the account's last moderator; make somebody else a moderator first",
        );
        let more_than_one = ("moderators > :limit", 1, last);
        self.count(&Key::ModeratorCount(account_id), "ADD moderators :by", -1, Some(more_than_one))
    }

    /// One more endpoint, unless the account has as many as it may have.
    #[must_use]
    pub fn add_endpoint(self, account_id: AccountId) -> Self {
        let full = Error::conflict(
            Code::WebhookEndpointLimit,
            format!("an account has {ENDPOINTS_MAX} endpoints at most; delete one first"),
        );
        let room = ("attribute_not_exists(endpoints) OR endpoints < :limit", ENDPOINTS_MAX, full);
        self.count(&Key::EndpointCount(account_id), "ADD endpoints :by", 1, Some(room))
    }

    /// One endpoint less.
    #[must_use]
    pub fn remove_endpoint(self, account_id: AccountId) -> Self {
        self.count(&Key::EndpointCount(account_id), "ADD endpoints :by", -1, None)
    }

    /// One more schedule of statements, unless the account has as many as it may have.
    #[must_use]
    pub fn add_schedule(self, account_id: AccountId) -> Self {
        let full = Error::conflict(
            Code::StatementScheduleLimit,
            format!("an account has {SCHEDULES_MAX} schedules at most; delete one first"),
        );
        let room = ("attribute_not_exists(schedules) OR schedules < :limit", SCHEDULES_MAX, full);
        self.count(&Key::ScheduleCount(account_id), "ADD schedules :by", 1, Some(room))
    }

    /// One schedule less.
    #[must_use]
    pub fn remove_schedule(self, account_id: AccountId) -> Self {
        self.count(&Key::ScheduleCount(account_id), "ADD schedules :by", -1, None)
    }

    /// Takes an event off the list of those without deliveries. `Stale` when it is off already, or
    /// waits for more than was seen.
    #[must_use]
    pub fn mark_relayed(self, event: &Event, now: Timestamp) -> Self {
        let key = event.key();
        self.step(
            &key,
            WriteAction::Update(
                name(&key),
                "SET relayed_at = :now REMOVE due_pk, due_sk, redelivery",
                Vec::new(),
            ),
            Some("attribute_exists(due_pk) AND publish_requests = :seen"),
            vec![
                (":now", AttributeValue::S(now.to_string())),
                (":seen", number(event.publish_requests)),
            ],
            OnConditionFailed::Fail(Error::Stale),
        )
    }

    /// Puts an event, after [`Event::redeliver`], among those that wait for their deliveries. Another
    /// wish in between makes it stale, so that none is lost. Beside a relay that is at it both are
    /// right: it is delivered now.
    #[must_use]
    pub fn redeliver(self, event: &Event) -> Self {
        let before = vec![(":before", number(event.publish_requests - 1))];
        self.put(
            event,
            1,
            Some("attribute_exists(pk) AND (attribute_not_exists(publish_requests) OR publish_requests = :before)"),
            before,
            OnConditionFailed::Fail(Error::Stale),
        )
    }

    /// Demands that an endpoint is there and enabled.
    #[must_use]
    pub fn endpoint_is_enabled(self, account_id: AccountId, endpoint_id: EndpointId) -> Self {
        let key = Key::Endpoint(account_id, endpoint_id);
        let disabled = OnConditionFailed::FailWith(|row| match row.is_empty() {
            true => Error::NotFound("webhook endpoint"),
            false => endpoint_disabled(),
        });
        let names = vec![("#status", "status".to_owned())];
        let values = vec![(":enabled", AttributeValue::S("enabled".to_owned()))];
        let check = WriteAction::Check(name(&key), names);
        self.step(&key, check, Some("#status = :enabled"), values, disabled)
    }

    /// Remembers what the directory said of a key, over what it said before: the last to ask is
    /// right.
    #[must_use]
    pub fn remember(self, known: &KnownKey) -> Self {
        self.put(known, 1, None, Vec::new(), OnConditionFailed::Fail(Error::Stale))
    }

    /// Removes a row that may not be there.
    #[must_use]
    pub fn forget(self, key: &Key) -> Self {
        self.step(
            key,
            WriteAction::Delete(name(key)),
            None,
            Vec::new(),
            OnConditionFailed::Fail(Error::Stale),
        )
    }

    /// Changes a count; `unless` is its condition, the limit in it, and what the limit means.
    fn count(
        self,
        key: &Key,
        update: &'static str,
        by: i8,
        unless: Option<(&'static str, u64, Error)>,
    ) -> Self {
        let mut values = vec![(":by", AttributeValue::N(by.to_string()))];
        let action = WriteAction::Update(name(key), update, Vec::new());
        match unless {
            None => self.step(key, action, None, values, OnConditionFailed::Fail(Error::Stale)),
            Some((condition, limit, error)) => {
                values.push((":limit", number(limit)));
                self.step(key, action, Some(condition), values, OnConditionFailed::Fail(error))
            }
        }
    }

    /// Stores the answer with the change, as the first step: a replay outranks every other reason.
    /// `now` decides whether an old row still counts, because DynamoDB may remove it days late.
    #[must_use]
    pub fn idempotent(mut self, answer: &Idempotency, now: Timestamp) -> Self {
        let mut item = row(answer, 1);
        item.insert("expires_ms".to_owned(), milliseconds(answer.expires_at));
        let step = WriteStep {
            table: answer.key().table(),
            action: WriteAction::Put(item),
            condition: Some("attribute_not_exists(pk) OR expires_ms <= :now"),
            values: vec![(":now", milliseconds(now))],
            on_condition_failed: OnConditionFailed::Replay,
        };
        self.steps.insert(0, step);
        self
    }

    fn put<I: Item>(
        self,
        item: &I,
        version: u64,
        condition: Option<&'static str>,
        values: Vec<(&'static str, AttributeValue)>,
        on_condition_failed: OnConditionFailed,
    ) -> Self {
        self.step(
            &item.key(),
            WriteAction::Put(row(item, version)),
            condition,
            values,
            on_condition_failed,
        )
    }

    fn step(
        mut self,
        key: &Key,
        action: WriteAction,
        condition: Option<&'static str>,
        values: Vec<(&'static str, AttributeValue)>,
        on_condition_failed: OnConditionFailed,
    ) -> Self {
        let table = key.table();
        self.steps.push(WriteStep { table, action, condition, values, on_condition_failed });
        self
    }
}

/// The version an item was read with.
pub(crate) fn version<I: Item>(item: &I) -> u64 {
    item.version().expect("only types with a version are replaced or removed as read")
}

/// Demands the version that was read; 0 stands for "not there".
pub(crate) fn as_read(version: u64) -> (&'static str, Vec<(&'static str, AttributeValue)>) {
    match version {
        0 => (ABSENT, Vec::new()),
        version => ("version = :version", vec![(":version", number(version))]),
    }
}

/// The row of an item: its fields, its key, its index keys, its version and its end.
pub(crate) fn row<I: Item>(item: &I, version: u64) -> Attributes {
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

/// Nothing is sent to an endpoint that is disabled.
pub fn endpoint_disabled() -> Error {
    Error::conflict(
        Code::WebhookEndpointDisabled,
        "the endpoint is disabled; enable it first: PATCH its status",
    )
}

fn reference_taken(row: Attributes) -> Error {
    match from_item::<Reference>(row) {
        Ok(holder) => Error::conflict(
            Code::ReferenceTaken,
            format!("the reference {:?} belongs to {}", holder.reference, holder.holder),
        ),
        Err(cause) => Error::internal(cause),
    }
}
