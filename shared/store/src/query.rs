//! A query of a table or an index, and its pages.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::kernel::Error;
use serde::{Deserialize, Serialize};

use crate::error::request_error;
use crate::key::Table;
use crate::row::Attributes;
use crate::{Store, table};

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
    /// Attribute values that every row must have. DynamoDB counts a row against the limit before
    /// it filters; [`Store::filtered`] makes a page of what passes.
    pub(crate) filter: Vec<(&'static str, String)>,
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

    pub(crate) fn on_deliveries(self, filter: Vec<(&'static str, String)>) -> Self {
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
const FILTERED_ROWS: u16 = 200;
/// Rows that each further read looks at: about as many as the 1 MB of one query holds.
const FILTERED_ROWS_MORE: u16 = 1_000;
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
        // Placeholders of filters, by index.
        const FILTER_NAMES: [(&str, &str); 3] = [("#f0", ":f0"), ("#f1", ":f1"), ("#f2", ":f2")];
        let mut clauses = Vec::new();
        for ((name, value), (field, wanted)) in FILTER_NAMES.into_iter().zip(query.filter) {
            clauses.push(format!("{name} = {value}"));
            request = request
                .expression_attribute_names(name, field)
                .expression_attribute_values(value, text(wanted));
        }
        let filter = (!clauses.is_empty()).then(|| clauses.join(" AND "));
        let response = request.set_filter_expression(filter).send().await.map_err(request_error)?;
        let ended = response.last_evaluated_key.map(Position::from_key).transpose()?;
        Ok((response.items.unwrap_or_default(), ended))
    }
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
