//! A query of a table or an index, and its pages.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::kernel::{Error, Id};
use serde::{Deserialize, Serialize};

use crate::error::request_error;
use crate::key::Table;
use crate::row::Attributes;
use crate::view::lock;
use crate::{CommitMode, Store, table};

/// The end of a page: the key of its last row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position(HashMap<String, String>);

/// The size of a page and where it begins.
#[derive(Debug, Clone)]
pub struct Page {
    /// Maximum number of rows; HTTP callers may ask for 1 to 100.
    pub limit: u16,
    /// Row after which the page begins.
    pub after: Option<Position>,
}

#[derive(Clone)]
pub(crate) struct Query {
    pub(crate) table: Table,
    pub(crate) index: Option<&'static str>,
    pub(crate) names: (&'static str, &'static str),
    pub(crate) pk: String,
    pub(crate) between: (String, String),
    pub(crate) newest_first: bool,
    /// Conditions that every row must pass. DynamoDB counts a row against the limit before
    /// it filters; [`Store::filtered`] makes a page of what passes.
    pub(crate) filter: Vec<Condition>,
}

/// A condition on an attribute of a row that is not in its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// Name of the attribute; a field within a map has the names of the maps before it, with dots.
    pub(crate) field: &'static str,
    pub(crate) test: Test,
}

/// What the attribute must be. Texts and numbers compare as DynamoDB compares them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    /// The same value.
    Equals(Operand),
    /// One of these values. Without values no row passes.
    OneOf(Vec<Operand>),
    /// A text that begins with this text.
    BeginsWith(String),
    /// A value between these, both inclusive.
    Between(Operand, Operand),
}

/// A value to compare an attribute with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    Text(String),
    Number(i64),
}

impl From<String> for Operand {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Operand {
    fn into_value(self) -> AttributeValue {
        match self {
            Self::Text(text) => AttributeValue::S(text),
            Self::Number(number) => AttributeValue::N(number.to_string()),
        }
    }
}

impl Condition {
    pub(crate) fn equals(field: &'static str, value: impl Into<Operand>) -> Self {
        Self { field, test: Test::Equals(value.into()) }
    }
}

/// A filter expression with its placeholders.
#[derive(Debug, Default)]
struct FilterExpression {
    clauses: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl FilterExpression {
    fn of(conditions: Vec<Condition>) -> Self {
        let mut expression = Self::default();
        for condition in conditions {
            expression.add(condition);
        }
        expression
    }

    fn add(&mut self, condition: Condition) {
        let name = self.path(condition.field);
        let clause = match condition.test {
            Test::Equals(value) => format!("{name} = {}", self.value(value)),
            // `IN ()` is no expression, and this one passes no row.
            Test::OneOf(values) if values.is_empty() => {
                format!("attribute_exists({name}) AND attribute_not_exists({name})")
            }
            Test::OneOf(values) => {
                let values: Vec<_> = values.into_iter().map(|value| self.value(value)).collect();
                format!("{name} IN ({})", values.join(", "))
            }
            Test::BeginsWith(text) => format!("begins_with({name}, {})", self.value(text.into())),
            Test::Between(from, until) => {
                let (from, until) = (self.value(from), self.value(until));
                format!("{name} BETWEEN {from} AND {until}")
            }
        };
        self.clauses.push(clause);
    }

    /// Returns the placeholders of a field, or of each part of a field within a map.
    fn path(&mut self, field: &str) -> String {
        let part = |part: &str| {
            let name = format!("#f{}", self.names.len());
            self.names.insert(name.clone(), part.to_owned());
            name
        };
        field.split('.').map(part).collect::<Vec<_>>().join(".")
    }

    fn value(&mut self, value: Operand) -> String {
        let placeholder = format!(":f{}", self.values.len());
        self.values.insert(placeholder.clone(), value.into_value());
        placeholder
    }
}

impl Query {
    pub(crate) fn on_table(pk: String, between: (String, String), newest_first: bool) -> Self {
        Self {
            table: Table::Main,
            index: None,
            names: (table::PK, table::SK),
            pk,
            between,
            newest_first,
            filter: Vec::new(),
        }
    }

    pub(crate) fn by_status(self) -> Self {
        Self { index: Some(table::BY_STATUS), names: table::STATUS_KEYS, ..self }
    }

    pub(crate) fn on_deliveries(self, filter: Vec<Condition>) -> Self {
        Self { table: Table::Deliveries, filter, ..self }
    }
}

impl Query {
    /// Returns the position of a row of this query.
    fn position(&self, row: &Attributes) -> Result<Position, Error> {
        let index = self.index.map(|_| [self.names.0, self.names.1]);
        let names = [table::PK, table::SK].into_iter().chain(index.into_iter().flatten());
        let key = names.filter_map(|name| Some((name.to_owned(), row.get(name)?.clone())));
        Position::from_key(key.collect())
    }
}

/// Rows that the first read of a list with a filter looks at.
pub(crate) const FILTERED_ROWS: u16 = 200;
/// Rows that each further read looks at: about as many as the 1 MB of one query holds.
pub(crate) const FILTERED_ROWS_MORE: u16 = 1_000;
/// Maximum number of reads for a page. An index would find the rows of one endpoint at once, but every
/// delivery would be written twice for it (docs/adr/0025).
const FILTERED_READS_MAX: usize = 10;

impl Store {
    /// Returns a page of the rows that pass the filter. Reads on until a row passes or the list ends, so a
    /// page is not empty while there are more rows, unless it has looked at thousands.
    pub(crate) async fn filtered(
        &self,
        query: Query,
        page: Page,
    ) -> Result<(Vec<Attributes>, Option<Position>), Error> {
        let limit = usize::from(page.limit);
        let mut after = page.after;
        for read in 0..FILTERED_READS_MAX {
            let rows = if read == 0 { FILTERED_ROWS } else { FILTERED_ROWS_MORE };
            let page = Page { limit: rows.max(page.limit), after };
            let (mut rows, ended) = self.query(query.clone(), page).await?;
            if rows.len() > limit {
                rows.truncate(limit);
                let last = rows.last().map(|row| query.position(row)).transpose()?;
                return Ok((rows, last));
            }
            if !rows.is_empty() || ended.is_none() {
                return Ok((rows, ended));
            }
            after = ended;
        }
        Ok((Vec::new(), after))
    }

    pub(crate) async fn query(
        &self,
        query: Query,
        page: Page,
    ) -> Result<(Vec<Attributes>, Option<Position>), Error> {
        if let CommitMode::Group(view) = &self.mode {
            if lock(view).is_collecting() {
                return std::future::pending().await;
            }
            if query.index.is_none() && lock(view).changes_partition(query.table, &query.pk) {
                return Err(lock(view).does_not_fit());
            }
        }
        let text = |text: String| AttributeValue::S(text);
        let (from, until) = query.between;
        let mut request = self
            .client
            .query()
            .table_name(self.table(query.table))
            // Reads of a table are consistent, so a new endpoint gets its events at once. An index
            // has no consistent read.
            .set_consistent_read(query.index.is_none().then_some(true))
            .set_index_name(query.index.map(str::to_owned))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :until")
            .expression_attribute_names("#pk", query.names.0)
            .expression_attribute_names("#sk", query.names.1)
            .expression_attribute_values(":pk", text(query.pk))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":until", text(until))
            .scan_index_forward(!query.newest_first)
            .limit(i32::from(page.limit))
            .set_exclusive_start_key(page.after.map(Position::into_key));
        let filter = FilterExpression::of(query.filter);
        for (name, field) in filter.names {
            request = request.expression_attribute_names(name, field);
        }
        for (name, value) in filter.values {
            request = request.expression_attribute_values(name, value);
        }
        let filter = (!filter.clauses.is_empty()).then(|| filter.clauses.join(" AND "));
        let response = request.set_filter_expression(filter).send().await.map_err(request_error)?;
        let ended = response.last_evaluated_key.map(Position::from_key).transpose()?;
        Ok((response.items.unwrap_or_default(), ended))
    }
}

impl Position {
    /// Returns the position of a sort key in a partition of a table.
    pub(crate) fn at(pk: &str, sk: &str) -> Self {
        let key = [(table::PK, pk), (table::SK, sk)];
        Self(key.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }

    /// Returns the sort key of the row in its table.
    pub fn sort_key(&self) -> &str {
        self.0.get(table::SK).map_or("", String::as_str)
    }

    /// Returns the id that is the sort key of the row. Returns `None` if its sort key is no such id.
    pub fn id<I: Id>(&self) -> Option<I> {
        self.0.get(table::SK).and_then(|text| I::parse(text).ok())
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(test: Test, expected: &str) {
        let first = Condition::equals("kind", "a".to_owned());
        let expression = FilterExpression::of(vec![first, Condition { field: "paid", test }]);
        assert_eq!(expression.clauses, ["#f0 = :f0", expected]);
        assert_eq!(expression.names["#f1"], "paid");
        for value in expression.values.keys() {
            assert!(expression.clauses.concat().contains(value.as_str()), "{value} has no use");
        }
    }

    #[test]
    fn each_test_has_its_expression_and_placeholders_of_its_own() {
        check(Test::Equals(Operand::Number(7)), "#f1 = :f1");
        let texts = |count: u8| (0..count).map(|it| Operand::Text(it.to_string())).collect();
        check(Test::OneOf(texts(3)), "#f1 IN (:f1, :f2, :f3)");
        check(Test::BeginsWith("a".to_owned()), "begins_with(#f1, :f1)");
        let (from, until) = (Operand::Number(1), Operand::Number(2));
        check(Test::Between(from, until), "#f1 BETWEEN :f1 AND :f2");
        check(Test::OneOf(texts(0)), "attribute_exists(#f1) AND attribute_not_exists(#f1)");
    }
}
