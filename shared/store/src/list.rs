//! Lists: each a named query with a page size, read from an index or a partition. Never a scan.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{AccountId, ChargeId, Error, Id};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::error::refusal;
use crate::key;
use crate::read::{Attributes, Row};
use crate::{Item, Store, table};

/// Shards of the due index, so that a busy minute is written to more than one partition.
pub const DUE_SHARDS: u8 = 8;

pub(crate) fn due_shard(id: u128) -> u8 {
    u8::try_from(id % u128::from(DUE_SHARDS)).expect("a remainder by 8 fits a byte")
}

/// A list somebody may ask for.
#[derive(Debug, Clone)]
pub enum Listing {
    /// Users of an account, oldest first.
    Users(AccountId),
    /// API keys of an account, oldest first.
    ApiKeys(AccountId),
    /// The audit trail, newest first.
    AuditEvents(AccountId),
    /// Calls per key and day, newest day first; days as `2026-11-23`, both included.
    Usage(AccountId, String, String),
    /// Charges of an account, newest first.
    Charges(AccountId, Span),
    /// Charges of an account in one status, newest first.
    ChargesIn(AccountId, &'static str, Span),
}

/// From when (included) to when (excluded).
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// The earliest.
    pub from: Option<Timestamp>,
    /// The first that is too late.
    pub until: Option<Timestamp>,
}

/// Where a page ended: the key of its last row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position(HashMap<String, String>);

/// How many rows, and from where on.
#[derive(Debug, Clone)]
pub struct Page {
    /// At most so many, 1 to 100.
    pub limit: u8,
    /// After this row.
    pub after: Option<Position>,
}

struct Query {
    index: Option<&'static str>,
    names: (&'static str, &'static str),
    pk: String,
    between: (String, String),
    newest_first: bool,
}

impl Listing {
    fn query(&self) -> Query {
        let on_table = |pk: String, between: (String, String), newest_first| Query {
            index: None,
            names: (table::PK, table::SK),
            pk,
            between,
            newest_first,
        };
        let all = |prefix: &str| (prefix.to_owned(), format!("{prefix}~"));
        match self {
            Self::Users(account) => on_table(key::access(account), all(key::USER), false),
            Self::ApiKeys(account) => on_table(key::access(account), all(key::API_KEY), false),
            Self::AuditEvents(account) => on_table(key::audit(account), all("aud_"), true),
            Self::Usage(account, from, until) => {
                on_table(key::usage(account), (from.clone(), format!("{until}~")), true)
            }
            Self::Charges(account, span) => on_table(key::charges(account), span.ids(), true),
            Self::ChargesIn(account, status, span) => Query {
                index: Some(table::BY_STATUS),
                names: table::STATUS_KEYS,
                pk: key::charges_in(account, status),
                between: span.ids(),
                newest_first: true,
            },
        }
    }
}

impl Span {
    /// The first and last charge id of the span: ids begin with their time, to the millisecond.
    fn ids(self) -> (String, String) {
        // The first millisecond that is not before the instant. In whole numbers, because the
        // earliest timestamp there is has none before it.
        let reached = |at: Timestamp| {
            let whole = at.as_millisecond();
            let cut = at.as_nanosecond() > i128::from(whole) * 1_000_000;
            u64::try_from(whole + i64::from(cut)).unwrap_or(0)
        };
        let id = |milliseconds: u64, random: u128| {
            ChargeId::from_ulid(Ulid::from_parts(milliseconds, random)).to_string()
        };
        let from = self.from.map_or_else(|| ChargeId::PREFIX.to_owned(), |at| id(reached(at), 0));
        let until = match self.until.map(reached) {
            None => format!("{}~", ChargeId::PREFIX),
            // No id is as short as the bare prefix.
            Some(0) => ChargeId::PREFIX.to_owned(),
            Some(milliseconds) => id(milliseconds - 1, u128::MAX),
        };
        (from, until)
    }
}

impl Store {
    /// A page of a list, and where it ended if there may be more.
    pub async fn list<I: Item>(
        &self,
        listing: &Listing,
        page: Page,
    ) -> Result<(Vec<I>, Option<Position>), Error> {
        let query = listing.query();
        // BETWEEN refuses bounds in the wrong order; such a span is simply empty.
        if query.between.0 > query.between.1 {
            return Ok((Vec::new(), None));
        }
        let (rows, ended) = self.query(query, page).await?;
        let items = rows.into_iter().map(|row| Row(row).read()).collect::<Result<_, _>>()?;
        Ok((items, ended))
    }

    /// Charges of one shard whose time has come, earliest first.
    pub async fn list_due_charges(
        &self,
        shard: u8,
        now: Timestamp,
        page: Page,
    ) -> Result<(Vec<(AccountId, ChargeId)>, Option<Position>), Error> {
        let query = Query {
            index: Some(table::BY_DUE),
            names: table::DUE_KEYS,
            pk: key::due(shard),
            // A key is never empty, so the lower bound is the smallest digit.
            between: ("0".to_owned(), format!("{}~", key::due_at(now))),
            newest_first: false,
        };
        let (rows, ended) = self.query(query, page).await?;
        let due = rows.iter().map(owner).collect::<Result<_, _>>()?;
        Ok((due, ended))
    }

    async fn query(
        &self,
        query: Query,
        page: Page,
    ) -> Result<(Vec<Attributes>, Option<Position>), Error> {
        let text = |text: String| AttributeValue::S(text);
        let (from, until) = query.between;
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .set_index_name(query.index.map(str::to_owned))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :until")
            .expression_attribute_names("#pk", query.names.0)
            .expression_attribute_names("#sk", query.names.1)
            .expression_attribute_values(":pk", text(query.pk))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":until", text(until))
            .scan_index_forward(!query.newest_first)
            .limit(i32::from(page.limit))
            .set_exclusive_start_key(page.after.map(Position::into_key))
            .send()
            .await
            .map_err(refusal)?;
        let ended = answer.last_evaluated_key.map(Position::from_key).transpose()?;
        Ok((answer.items.unwrap_or_default(), ended))
    }
}

fn owner(row: &Attributes) -> Result<(AccountId, ChargeId), Error> {
    let text = |name: &str| row.get(name).and_then(|value| value.as_s().ok());
    let account = text(table::PK).and_then(|pk| pk.strip_prefix("CHARGE#"));
    let (Some(account), Some(charge)) = (account, text(table::SK)) else {
        return Err(Error::internal("a row of the due index is no charge"));
    };
    Ok((AccountId::parse(account)?, ChargeId::parse(charge)?))
}

impl Position {
    fn from_key(key: Attributes) -> Result<Self, Error> {
        let text = |(name, value): (String, AttributeValue)| match value {
            AttributeValue::S(value) => Ok((name, value)),
            _ => Err(Error::internal("a key of the table is not text")),
        };
        key.into_iter().map(text).collect::<Result<_, _>>().map(Self)
    }

    fn into_key(self) -> Attributes {
        self.0.into_iter().map(|(name, value)| (name, AttributeValue::S(value))).collect()
    }
}
