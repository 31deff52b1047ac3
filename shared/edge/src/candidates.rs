//! The objects to which rows of the search index lead.

use domain::event::Event;
use domain::kernel::{Error, EventId};
use domain::ledger::TransactionRef;
use domain::payment::Payment;
use store::{Reference, Row, SearchRow};

use crate::rows::ListedRows;

/// Separates a reference from its type in a sort key.
pub(crate) const REFERENCE_END: char = '\0';

/// An object that may pass the filters, and its place in the list.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) sort_key: String,
    pub(crate) holder: TransactionRef,
    /// Change that leads to the object.
    pub(crate) event_id: Option<EventId>,
}

/// The candidates of one round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Candidates {
    found: Vec<Candidate>,
    /// Ends of the lists that continue.
    ends: Vec<String>,
}

impl Candidates {
    /// Reads the candidates of lists.
    pub(crate) fn of_lists(lists: &[ListedRows]) -> Result<Self, Error> {
        let mut candidates = Self::default();
        for list in lists {
            for row in &list.rows {
                candidates.add(row.clone())?;
            }
            candidates.ends.extend(list.continues_after.clone());
        }
        Ok(candidates)
    }

    /// Adds the object that a row names.
    pub(crate) fn add(&mut self, row: Row) -> Result<(), Error> {
        let sort_key = row.sort_key().to_owned();
        let candidate = if row.is::<SearchRow>() {
            let holder = row.read::<SearchRow>()?.holder;
            Candidate { sort_key, holder, event_id: None }
        } else if row.is::<Reference>() {
            let holder = row.read::<Reference>()?.holder;
            Candidate { sort_key: reference_sort_key(&sort_key), holder, event_id: None }
        } else if row.is::<Payment>() {
            let holder = row.read::<Payment>()?.posted_to;
            Candidate { sort_key: holder.sort_text(), holder, event_id: None }
        } else {
            let event: Event = row.read()?;
            // Events of other objects, such as a batch, lead to no transaction.
            let Ok(holder) = TransactionRef::try_from(event.object_id) else { return Ok(()) };
            Candidate { sort_key, holder, event_id: Some(event.id) }
        };
        self.found.push(candidate);
        Ok(())
    }

    /// Adds an object that no row had to name.
    #[must_use]
    pub(crate) fn with(mut self, named: Option<TransactionRef>) -> Self {
        let candidate = |holder: TransactionRef| Candidate {
            sort_key: holder.sort_text(),
            holder,
            event_id: None,
        };
        self.found.extend(named.map(candidate));
        self
    }

    /// Adds the candidates that rows of keys name.
    #[must_use]
    pub(crate) fn joined(mut self, others: &Self) -> Self {
        self.found.extend(others.found.iter().cloned());
        self
    }

    /// Returns at most `limit` candidates after a sort key, in the order of the list, and the sort key
    /// after which it continues. Candidates beyond the end of a list that continues belong to a later
    /// round.
    pub(crate) fn page(
        self,
        is_rising: bool,
        after: Option<&str>,
        limit: usize,
    ) -> (Vec<Candidate>, Option<String>) {
        let Self { mut found, ends } = self;
        let is_before = |one: &str, other: &str| if is_rising { one < other } else { one > other };
        let ends =
            ends.into_iter().map(|end| if is_rising { reference_sort_key(&end) } else { end });
        let horizon = if is_rising { ends.min() } else { ends.max() };
        found.retain(|it| {
            after.is_none_or(|after| is_before(after, &it.sort_key))
                && horizon.as_ref().is_none_or(|horizon| !is_before(horizon, &it.sort_key))
        });
        found.sort_by(|one, other| match is_rising {
            true => one.sort_key.cmp(&other.sort_key),
            false => other.sort_key.cmp(&one.sort_key),
        });
        let continues_after = match found.get(limit) {
            Some(_) => found.get(limit - 1).map(|last| last.sort_key.clone()),
            None => horizon,
        };
        found.truncate(limit);
        (found, continues_after)
    }
}

/// Returns reference and type for the sort key `<type>#<reference>`, so that references of several types
/// sort by their text, as the table sorts those of one type. No reference has the character between them.
fn reference_sort_key(sort_key: &str) -> String {
    let (kind, reference) = sort_key.split_once('#').unwrap_or_default();
    format!("{reference}{REFERENCE_END}{kind}")
}
