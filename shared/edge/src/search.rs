//! Lists with search filters, within two round trips.
//!
//! The account is part of the credential, so the search index is read in the same round trip as the
//! credential. It leads to the objects, which the second round trip reads (docs/adr/0032).

use std::collections::HashSet;
use std::marker::PhantomData;

use domain::kernel::Error;
use domain::ledger::TransactionRef;
use domain::search::SearchFilters;
use gate::Peppers;
use jiff::Timestamp;
use store::{Key, Listing, Store};

use crate::call::Call;
use crate::candidates::{Candidate, Candidates};
use crate::cursor;
use crate::input;
use crate::list_query::{FilterReader, ListQuery};
use crate::page;
use crate::reply::ListPage;
use crate::rows::{ListedRows, Rows};
use crate::search_path::{Search, SearchPath};
use crate::searchable::Searchable;
use crate::target::{Target, TargetScope};

/// Maximum number of rounds for a page whose rows do not pass the other filters.
const ROUNDS_MAX: usize = 10;
/// Rows of a round with other filters: as many objects as one request reads.
const FILTERED_ROWS: u8 = 100;

/// Objects with their sort keys, in the order of the list.
type SortedObjects<O> = Vec<(String, O)>;

/// What the search index says about a query, read together with the credential.
pub struct SearchTarget<Q> {
    /// Candidates of rows that were read by key. They belong to every round, because a list can end before
    /// them.
    by_key: Candidates,
    /// Candidates of the first round of the lists.
    listed: Candidates,
    query: PhantomData<fn() -> Q>,
}

impl<Q: ListQuery> SearchTarget<Q> {
    /// Returns the query and its filters. A wrong query is refused later, with what is wrong.
    fn read_query(scope: &TargetScope<'_>) -> Option<(Q, SearchFilters)> {
        let query: Q = input::query(scope.query).ok()?;
        let filters = FilterReader::read(&query).ok()?;
        Some((query, filters))
    }

    /// Returns the lists of the first round. Without a valid cursor there are none.
    fn read_lists(scope: &TargetScope<'_>, peppers: &Peppers) -> Option<Vec<(Listing, u16)>> {
        let (query, filters) = Self::read_query(scope)?;
        let search = Search::new(scope.account_id, Q::Object::TYPES, &filters);
        let list = format!("{} {}", scope.operation, filter_text(&filters));
        let read = |text| cursor::read::<String>(peppers, scope.account_id, &list, text);
        let after = query.fields().cursor.map(read).transpose().ok()?;
        let rows = rows_of_round(&search, page::limit(query.fields().limit).ok()?);
        let lists = search.lists(peppers, after.as_deref());
        Some(with_rows(lists, rows, after.as_deref()))
    }
}

impl<Q: ListQuery> Target for SearchTarget<Q> {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let query = Self::read_query(scope);
        let keys = |(_, filters): (Q, SearchFilters)| {
            Search::new(scope.account_id, Q::Object::TYPES, &filters).keys()
        };
        Ok(query.map_or(Vec::new(), keys))
    }

    fn lists(scope: &TargetScope<'_>, peppers: &Peppers) -> Vec<(Listing, u16)> {
        Self::read_lists(scope, peppers).unwrap_or_default()
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let keys = Self::keys(scope)?;
        let mut by_key = Candidates::default();
        for row in keys.iter().filter_map(|key| rows.row(key)) {
            by_key.add(row)?;
        }
        Ok(Self { by_key, listed: Candidates::of_lists(rows.lists())?, query: PhantomData })
    }
}

impl<Q: ListQuery> Call<Q, SearchTarget<Q>> {
    /// Reads the page that the query selects. Where the index does not answer a filter, a page can be
    /// shorter than `limit`; it is empty only after ten rounds without an object.
    pub async fn search_page<V>(
        &self,
        store: &Store,
        view: impl Fn(&Q::Object) -> V,
    ) -> Result<ListPage<V>, Error> {
        let filters = FilterReader::read(&self.input).map_err(Error::Invalid)?;
        let fields = self.input.fields();
        let limit = page::limit(fields.limit)?;
        let of = filter_text(&filters);
        let mut after: Option<String> = self.read_cursor(&of, fields.cursor)?;
        let search = Search::new(self.account_id(), Q::Object::TYPES, &filters);
        let by_key = self.target.by_key.clone().with(search.named());
        let mut first = Some(self.target.listed.clone());
        let mut data = Vec::new();
        for _ in 0..ROUNDS_MAX {
            let first = first.take();
            let from = (first, &by_key, after.as_deref());
            let round = self.round(store, &search, from, limit).await?;
            let (objects, continues_after) = round;
            data.extend(objects.iter().map(&view));
            after = continues_after;
            if !data.is_empty() || after.is_none() {
                break;
            }
        }
        let next_cursor = after.map(|after| self.write_cursor(&of, &after));
        Ok(ListPage { data, next_cursor })
    }

    /// Reads the objects of one round, at most `limit` of those that pass. Also returns the sort key after
    /// which the list continues.
    async fn round(
        &self,
        store: &Store,
        search: &Search<'_>,
        (first, by_key, after): (Option<Candidates>, &Candidates, Option<&str>),
        limit: u8,
    ) -> Result<(Vec<Q::Object>, Option<String>), Error> {
        let rows = rows_of_round(search, limit);
        let now = self.moment.now;
        if search.path == SearchPath::Objects {
            let lists = with_rows(search.objects(after), rows, after);
            let listed = Rows::of_lists(store, lists).await?;
            let (objects, continues_after) = merge::<Q::Object>(listed.lists(), rows, now)?;
            return Ok(select(search, objects, continues_after, limit));
        }
        let candidates = match first {
            Some(candidates) => candidates,
            None => {
                let lists = with_rows(search.lists(&self.peppers, after), rows, after);
                let listed = Rows::of_lists(store, lists).await?;
                Candidates::of_lists(listed.lists())?
            }
        };
        let (candidates, continues_after) =
            candidates.joined(by_key).page(search.path.is_rising(), after, rows.into());
        let objects = self.follow(store, candidates).await?;
        Ok(select(search, objects, continues_after, limit))
    }

    /// Reads the objects of candidates. A candidate of a change is left out if its object changed again.
    async fn follow(
        &self,
        store: &Store,
        candidates: Vec<Candidate>,
    ) -> Result<SortedObjects<Q::Object>, Error> {
        let account_id = self.account_id();
        let mut seen = HashSet::new();
        let candidates = candidates.into_iter().filter(|it| {
            let is_listed = it.holder.kind().is_some_and(|kind| Q::Object::TYPES.contains(&kind));
            is_listed && (it.event_id.is_some() || seen.insert(it.holder))
        });
        let (mut keys, mut named) = (Vec::new(), Vec::new());
        for candidate in candidates {
            if let Some(key) = Key::transaction(account_id, candidate.holder) {
                keys.push(key);
                named.push(candidate);
            }
        }
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        // An object is in the request once, even if several of its changes are candidates.
        let rows =
            Rows::load(store, keys.iter().cloned().collect::<HashSet<_>>().into_iter().collect())
                .await?;
        let mut objects = Vec::new();
        for (key, candidate) in keys.iter().zip(named) {
            let Some(row) = rows.row(key) else { continue };
            let object = Q::Object::of_row(row)?.at(self.moment.now);
            let is_last =
                candidate.event_id.is_none_or(|id| object.facts().last_event_id == Some(id));
            if is_last {
                objects.push((candidate.sort_key, object));
            }
        }
        Ok(objects)
    }
}

/// Returns each list with its number of rows. The row after which a list of the index continues is still
/// the first of it.
fn with_rows(lists: Vec<Listing>, rows: u8, after: Option<&str>) -> Vec<(Listing, u16)> {
    let rows = u16::from(rows) + u16::from(after.is_some());
    lists.into_iter().map(|list| (list, rows)).collect()
}

/// Returns the filters as text, to bind a cursor to them. It has no whole document.
fn filter_text(filters: &SearchFilters) -> String {
    format!("{filters:?}")
}

/// Returns the number of rows of a round: the page, or more if other filters drop some of them.
fn rows_of_round(search: &Search<'_>, limit: u8) -> u8 {
    match search.path {
        SearchPath::UpdatedAt => FILTERED_ROWS,
        SearchPath::Objects if search.filters.only_status_and_creation() => limit,
        SearchPath::Objects => FILTERED_ROWS,
        _ if search.filters.count() <= 1 => limit,
        _ => FILTERED_ROWS,
    }
}

/// Keeps the objects that pass all filters, at most `limit`.
fn select<O: Searchable>(
    search: &Search<'_>,
    mut objects: SortedObjects<O>,
    continues_after: Option<String>,
    limit: u8,
) -> (Vec<O>, Option<String>) {
    // The list by status is up to a minute behind the time, so a status that time alone changed passes.
    let by_list = search.path == SearchPath::Objects;
    objects.retain(|(_, object)| search.filters.selects(&object.facts(), by_list));
    let limit = usize::from(limit);
    let continues_after = match objects.get(limit) {
        Some(_) => objects.get(limit - 1).map(|(sort_key, _)| sort_key.clone()),
        None => continues_after,
    };
    objects.truncate(limit);
    (objects.into_iter().map(|(_, object)| object).collect(), continues_after)
}

/// Merges lists of objects, newest first. A list that continues can have ended early, at the 1 MB limit of
/// a query, so rows older than its end belong to a later round.
fn merge<O: Searchable>(
    lists: &[ListedRows],
    limit: u8,
    now: Timestamp,
) -> Result<(SortedObjects<O>, Option<String>), Error> {
    let id = |id: &str| TransactionRef::try_from(id.to_owned());
    let ends = lists.iter().filter_map(|list| list.continues_after.as_deref());
    let ends = ends.map(|end| id(end).map(|end| end.sort_text())).collect::<Result<Vec<_>, _>>()?;
    let horizon = ends.into_iter().max();
    let mut objects = Vec::new();
    for row in lists.iter().flat_map(|list| &list.rows) {
        let object = O::of_row(row.clone())?.at(now);
        objects.push((object.facts().transaction.sort_text(), object));
    }
    objects.retain(|(sort_key, _)| horizon.as_ref().is_none_or(|horizon| sort_key >= horizon));
    objects.sort_by(|(one, _), (other, _)| other.cmp(one));
    let limit = usize::from(limit);
    let continues_after = match objects.get(limit) {
        Some(_) => objects.get(limit - 1).map(|(sort_key, _)| sort_key.clone()),
        None => horizon,
    };
    objects.truncate(limit);
    Ok((objects, continues_after))
}
