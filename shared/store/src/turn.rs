//! Turns at the books of an account (docs/adr/0035).
//!
//! The books are one row, and the table cancels a transaction that meets another one there. So a request
//! that met another leaves an intent and waits. The holder of the turn carries out the intents that it can,
//! together, and then passes the turn on. The turn only saves work: the conditions of the transactions
//! keep the money right, also if two processes believe to have the turn.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use backon::{ConstantBuilder, Retryable};
use domain::kernel::{AccountId, Error, Id, IntentId, Moment};
use tokio::time::{Instant, sleep};

use crate::error::request_error;
use crate::item::Item;
use crate::items::{BooksTurn, Intent};
use crate::row::attributes;
use crate::writes::row;
use crate::{Key, Listing, Page, Row, Store, Writes};

/// Time without a sign of life after which a turn may be taken from its holder.
const LEASE: Duration = Duration::from_secs(1);
/// Time for which a free turn is kept for the request that it is for.
const RESERVED: Duration = Duration::from_millis(250);
/// Time before its end in which a request takes no turn.
const LAST_TAKE: Duration = Duration::from_millis(700);
/// Time after which a plain write that met a transaction is sent again, and how often.
const CONFLICT_PAUSE: Duration = Duration::from_millis(15);
const CONFLICTS_MAX: usize = 6;
/// Shortest and longest time between two looks at the own intent.
const PAUSE_MIN: Duration = Duration::from_millis(12);
const PAUSE_MAX: Duration = Duration::from_millis(150);
/// The longest such time of a request that only its caller can carry out.
const PAUSE_MAX_ALONE: Duration = Duration::from_millis(40);
/// Intents that the holder of a turn looks at.
const INTENTS_PER_LOOK: u16 = 64;

/// The turn at the books of an account. It ends when it is passed on, or a second after its last renewal.
#[derive(Debug)]
pub struct HeldTurn {
    account_id: AccountId,
    intent_id: IntentId,
    lease: String,
}

/// How the wait of an intent ended.
#[derive(Debug)]
pub enum WaitEnd {
    /// The caller has the turn. `alone` is true if only the caller can carry the intent out.
    Turn {
        /// The turn.
        turn: HeldTurn,
        /// Whether the holder must carry out its own request by itself.
        alone: bool,
    },
    /// The intent is gone: another process carried it out, or gave it back to be decided again.
    Gone,
    /// The time is over. The intent is withdrawn, and nothing was done for it.
    Withdrawn,
}

impl BooksTurn {
    fn is_free_for(&self, intent: &Intent, alone: bool) -> bool {
        let named = |next: &str| match alone {
            true => next == intent.id.to_string(),
            false => next == intent.operation,
        };
        self.holder.is_none() && self.next.as_deref().is_none_or(named)
    }

    /// Returns how long the turn must show no change until any request may take it.
    fn patience(&self) -> Duration {
        if self.holder.is_some() { LEASE } else { RESERVED }
    }
}

impl Store {
    /// Waits until the intent is gone, its caller has the turn, or `until` is reached. A
    /// process looks less and less often: after a wait of a second about seven times a second.
    pub async fn wait_for_turn(
        &self,
        intent: &Intent,
        until: Instant,
        moment: impl Fn() -> Moment,
    ) -> Result<WaitEnd, Error> {
        let (turn_key, intent_key) = (Key::Turn(intent.account_id), intent.key());
        let (began, mut looks) = (Instant::now(), 0_u32);
        let mut seen: Option<(String, Instant)> = None;
        loop {
            let rows = self.read(&[turn_key.clone(), intent_key.clone()]).await?;
            let [turn, own] = <[_; 2]>::try_from(rows)
                .map_err(|_| Error::internal("the table did not answer about two rows"))?;
            let Some(own) = own.map(Row::read::<Intent>).transpose()? else {
                return Ok(WaitEnd::Gone);
            };
            let alone = own.sealed_request.is_none();
            let turn = turn.map(Row::read::<BooksTurn>).transpose()?;
            let now = Instant::now();
            let may_take = turn.as_ref().is_none_or(|turn| {
                let since = match &seen {
                    Some((lease, since)) if *lease == turn.lease => *since,
                    _ => now,
                };
                seen = Some((turn.lease.clone(), since));
                turn.is_free_for(intent, alone) || now.duration_since(since) >= turn.patience()
            });
            // A turn that ends with its request would stand still for a second.
            let may_take = may_take && now + LAST_TAKE < until;
            if may_take && let Some(turn) = self.take_turn(intent, turn.as_ref(), &moment()).await?
            {
                return Ok(WaitEnd::Turn { turn, alone });
            }
            if now >= until {
                let withdrawn = self.delete_intent(intent).await?;
                return Ok(if withdrawn { WaitEnd::Withdrawn } else { WaitEnd::Gone });
            }
            let longest = if alone { PAUSE_MAX_ALONE } else { PAUSE_MAX };
            let pause = (now.duration_since(began) / 6).clamp(PAUSE_MIN, longest);
            sleep(spread(pause, intent.id, looks).min(until.duration_since(now))).await;
            looks += 1;
        }
    }

    /// Takes the turn if it is as it was read. Returns `None` if another process came first.
    async fn take_turn(
        &self,
        intent: &Intent,
        read: Option<&BooksTurn>,
        moment: &Moment,
    ) -> Result<Option<HeldTurn>, Error> {
        let turn = HeldTurn {
            account_id: intent.account_id,
            intent_id: intent.id,
            lease: new_lease(moment),
        };
        let taken = self.put_turn(&turn.row(moment), read.map(|turn| turn.lease.as_str())).await?;
        Ok(taken.then_some(turn))
    }

    /// Shows that the holder of the turn is at work. Returns false if another process has taken the turn.
    pub async fn renew_turn(&self, turn: &mut HeldTurn, moment: &Moment) -> Result<bool, Error> {
        let lease = std::mem::replace(&mut turn.lease, new_lease(moment));
        self.put_turn(&turn.row(moment), Some(&lease)).await
    }

    /// Passes the turn on: to `next`, or to any request. Does nothing if another process has taken it.
    pub async fn pass_turn(
        &self,
        turn: HeldTurn,
        next: Option<&Intent>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let Some(next) = next else {
            return self.delete_turn(&turn).await;
        };
        let next = match next.sealed_request {
            Some(_) => next.operation.clone(),
            None => next.id.to_string(),
        };
        let row = BooksTurn {
            lease: new_lease(moment),
            holder: None,
            next: Some(next),
            ..turn.row(moment)
        };
        self.put_turn(&row, Some(&turn.lease)).await.map(drop)
    }

    /// Returns the oldest intents of an account.
    pub async fn intents(&self, account_id: AccountId) -> Result<Vec<Intent>, Error> {
        let page = Page { limit: INTENTS_PER_LOOK, after: None };
        self.list(&Listing::Intents(account_id), page).await.map(|(intents, _)| intents)
    }

    /// Leaves an intent to its caller alone. Does nothing if it is gone.
    pub async fn leave_to_caller(&self, intent: &Intent) -> Result<(), Error> {
        let intent = Intent { sealed_request: None, ..intent.clone() };
        self.put_if(&intent, Some("attribute_exists(pk)"), None).await.map(drop)
    }

    /// Removes an intent. Returns false if it was gone.
    pub async fn delete_intent(&self, intent: &Intent) -> Result<bool, Error> {
        self.delete_if(&intent.key(), "attribute_exists(pk)", None).await
    }

    /// Writes an intent.
    pub async fn put_intent(&self, intent: &Intent) -> Result<(), Error> {
        self.put_if(intent, None, None).await.map(drop)
    }

    /// Writes the row of the turn over the row with this lease, or where none is. Returns false if the row
    /// is another.
    async fn put_turn(&self, turn: &BooksTurn, over: Option<&str>) -> Result<bool, Error> {
        let condition = over.map_or("attribute_not_exists(pk)", |_| SAME_LEASE);
        self.put_if(turn, Some(condition), over).await
    }

    async fn delete_turn(&self, turn: &HeldTurn) -> Result<(), Error> {
        let key = Key::Turn(turn.account_id);
        self.delete_if(&key, SAME_LEASE, Some(&turn.lease)).await.map(drop)
    }

    /// Writes a row of the queue if the condition holds. Returns whether it held. A plain write that meets a
    /// transaction is sent again.
    #[expect(clippy::disallowed_methods, reason = "the queue is no state of the product")]
    async fn put_if<I: Item>(
        &self,
        item: &I,
        condition: Option<&str>,
        lease: Option<&str>,
    ) -> Result<bool, Error> {
        let send = || {
            self.client
                .put_item()
                .table_name(self.table(item.key().table()))
                .set_item(Some(row(item, 1)))
                .set_condition_expression(condition.map(str::to_owned))
                .set_expression_attribute_values(lease.map(lease_value))
                .send()
        };
        held(send.retry(after_conflict()).when(met_transaction).await)
    }

    #[expect(clippy::disallowed_methods, reason = "the queue is no state of the product")]
    async fn delete_if(
        &self,
        key: &Key,
        condition: &str,
        lease: Option<&str>,
    ) -> Result<bool, Error> {
        let send = || {
            self.client
                .delete_item()
                .table_name(self.table(key.table()))
                .set_key(Some(attributes((key.pk(), key.sk()))))
                .condition_expression(condition)
                .set_expression_attribute_values(lease.map(lease_value))
                .send()
        };
        held(send.retry(after_conflict()).when(met_transaction).await)
    }
}

const SAME_LEASE: &str = "lease = :lease";

/// Returns whether the condition of a plain write held.
fn held<T, E, R>(sent: Result<T, SdkError<E, R>>) -> Result<bool, Error>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match sent {
        Ok(_) => Ok(true),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
        Err(error) => Err(request_error(error)),
    }
}

/// Returns true if a plain write met a transaction.
fn met_transaction<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("TransactionConflictException")
}

fn after_conflict() -> ConstantBuilder {
    ConstantBuilder::default().with_delay(CONFLICT_PAUSE).with_max_times(CONFLICTS_MAX)
}

impl Writes {
    /// Removes an intent with the change that carries it out. Nothing is written if its caller has withdrawn
    /// it.
    #[must_use]
    pub fn carry_out(self, intent: &Intent) -> Self {
        self.remove(&intent.key())
    }
}

impl HeldTurn {
    /// Returns the account of the books.
    pub fn account_id(&self) -> AccountId {
        self.account_id
    }

    fn row(&self, moment: &Moment) -> BooksTurn {
        BooksTurn {
            account_id: self.account_id,
            lease: self.lease.clone(),
            holder: Some(self.intent_id),
            next: None,
            changed_at: moment.now,
        }
    }
}

fn new_lease(moment: &Moment) -> String {
    format!("{:016x}", u64::from_be_bytes(moment.bytes()))
}

fn lease_value(lease: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([(":lease".to_owned(), AttributeValue::S(lease.to_owned()))])
}

/// Returns half to all of a pause, so that requests that arrive together do not look together. The random
/// bits of the id choose.
fn spread(pause: Duration, id: IntentId, looks: u32) -> Duration {
    let random = u128::from(id.ulid()).rotate_right(looks.wrapping_mul(7) % 80) & 0xff;
    let part = u32::try_from(random).unwrap_or(0);
    pause / 2 + pause * part / 512
}
