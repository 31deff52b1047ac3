//! Where a list with filters begins to look: in the search index, or in the lists of the objects.

use brazil::EndToEndId;
use domain::charge::{ChargeStatus, PixCharge, RefundStatus};
use domain::credit::CreditStatus;
use domain::kernel::{AccountId, ClosedList, Id, MethodKind};
use domain::ledger::{TransactionRef, TransactionType};
use domain::payment::PaymentReport;
use domain::payout::PayoutStatus;
use domain::search::{SearchField, SearchFilters};
use gate::Peppers;
use jiff::{SignedDuration, Timestamp};
use store::{Key, Listing, SearchRows, Span};
use ulid::Ulid;

use crate::candidates::REFERENCE_END;

/// The filter that leads to the objects; the others are checked on the objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SearchPath {
    EndToEndId,
    Txid,
    Reference,
    ReferencePrefix,
    Document,
    PixKey,
    Beneficiary,
    Amount,
    PaidAt,
    UpdatedAt,
    /// The lists of the objects themselves, newest first.
    Objects,
}

impl SearchPath {
    /// Returns the path that is expected to lead to the fewest objects.
    pub(crate) fn of(filters: &SearchFilters) -> Self {
        let amount = filters.amount_cents;
        let is_one_amount = amount.from.is_some() && amount.from == amount.until;
        let paths = [
            (filters.end_to_end_id.is_some(), Self::EndToEndId),
            (filters.txid.is_some(), Self::Txid),
            (filters.reference.is_some(), Self::Reference),
            (filters.reference_prefix.is_some(), Self::ReferencePrefix),
            (filters.document.is_some(), Self::Document),
            (!filters.pix_keys.is_empty(), Self::PixKey),
            (filters.beneficiary_id.is_some(), Self::Beneficiary),
            (is_one_amount, Self::Amount),
            (!filters.paid_at.is_open(), Self::PaidAt),
            (!filters.updated_at.is_open(), Self::UpdatedAt),
            (!amount.is_open(), Self::Amount),
        ];
        let path = paths.into_iter().find(|(is_set, _)| *is_set);
        path.map_or(Self::Objects, |(_, path)| path)
    }

    /// Returns true if the objects come in rising order of the sort key.
    pub(crate) fn is_rising(self) -> bool {
        matches!(self, Self::Reference | Self::ReferencePrefix)
    }
}

/// A list of one account: its types, its filters, and where they lead.
pub(crate) struct Search<'a> {
    account_id: AccountId,
    /// Types of the objects in the list, as far as the filters leave them.
    types: Vec<TransactionType>,
    pub(crate) filters: &'a SearchFilters,
    pub(crate) path: SearchPath,
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        account_id: AccountId,
        types: &[TransactionType],
        filters: &'a SearchFilters,
    ) -> Self {
        let is_wanted = |kind: &&TransactionType| filters.kind.is_none_or(|it| it == **kind);
        let types = types.iter().filter(is_wanted).copied().collect();
        Self { account_id, types, filters, path: SearchPath::of(filters) }
    }

    /// Returns the keys of rows that name objects.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let account_id = self.account_id;
        match self.path {
            SearchPath::EndToEndId => {
                // The network reports payments of charges and credits only.
                let is_paid =
                    |kind| matches!(kind, TransactionType::Charge | TransactionType::Credit);
                let id = self.filters.end_to_end_id.as_deref().unwrap_or_default();
                let id = EndToEndId::parse(id).ok();
                let id = id.filter(|_| self.types.iter().any(|kind| is_paid(*kind)));
                let id = id.map(|id| PaymentReport::id_of(account_id, MethodKind::Pix, &id.into()));
                id.map(|id| Key::Payment(account_id, id)).into_iter().collect()
            }
            SearchPath::Reference => {
                let reference = self.filters.reference.clone().unwrap_or_default();
                let key = |kind: &TransactionType| match kind {
                    TransactionType::Charge => {
                        Some(Key::ChargeReference(account_id, reference.clone()))
                    }
                    TransactionType::Payout => {
                        Some(Key::PayoutReference(account_id, reference.clone()))
                    }
                    TransactionType::Refund => {
                        Some(Key::RefundReference(account_id, reference.clone()))
                    }
                    TransactionType::Credit => None,
                };
                self.types.iter().filter_map(key).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the objects that the filters name without a row. The txid of a charge is its ULID.
    pub(crate) fn named(&self) -> Option<TransactionRef> {
        let txid = self.filters.txid.as_deref().filter(|_| self.path == SearchPath::Txid)?;
        let is_there = self.types.contains(&TransactionType::Charge);
        PixCharge::charge_id(txid).filter(|_| is_there).map(TransactionRef::Charge)
    }

    /// Returns the lists of the search index after a sort key.
    pub(crate) fn lists(&self, peppers: &Peppers, after: Option<&str>) -> Vec<Listing> {
        let filters = self.filters;
        let rows = match self.path {
            SearchPath::EndToEndId => {
                let id = filters.end_to_end_id.as_deref().unwrap_or_default();
                vec![SearchRows::of_value(SearchField::EndToEndId, id)]
            }
            SearchPath::Txid => {
                let txid = filters.txid.as_deref().unwrap_or_default();
                vec![SearchRows::of_value(SearchField::Txid, txid)]
            }
            SearchPath::Document => {
                let digests = filters.document.iter().flat_map(|it| peppers.document_digests(it));
                let rows = |digest: String| SearchRows::of_value(SearchField::Document, &digest);
                digests.map(rows).collect()
            }
            SearchPath::PixKey => {
                let digests = filters.pix_keys.iter().flat_map(|it| peppers.pix_key_digests(it));
                let rows = |digest: String| SearchRows::of_value(SearchField::Destination, &digest);
                digests.map(rows).collect()
            }
            SearchPath::Beneficiary => {
                let id = filters.beneficiary_id.map(|id| id.to_string()).unwrap_or_default();
                vec![SearchRows::of_value(SearchField::Beneficiary, &id)]
            }
            SearchPath::Amount => vec![SearchRows::of_amounts(filters.amount_cents)],
            SearchPath::PaidAt => vec![SearchRows::of_payments(filters.paid_at)],
            SearchPath::ReferencePrefix => {
                return self.references(&self.types, filters.reference_prefix.as_deref(), after);
            }
            // No credit owns a reference, so several can have the same one.
            SearchPath::Reference if self.types.contains(&TransactionType::Credit) => {
                let credits = &[TransactionType::Credit];
                return self.references(credits, filters.reference.as_deref(), after);
            }
            SearchPath::UpdatedAt => return vec![self.changes(after)],
            SearchPath::Reference | SearchPath::Objects => Vec::new(),
        };
        let kind = if let [kind] = self.types[..] { Some(kind) } else { None };
        let listing = |rows: SearchRows| {
            Listing::Search(self.account_id, rows.from_sort_key(after).of_type(kind))
        };
        rows.into_iter().map(listing).collect()
    }

    /// Returns the lists of the objects themselves after a sort key, one for each type and status.
    pub(crate) fn objects(&self, after: Option<&str>) -> Vec<Listing> {
        let created = self.filters.created_at;
        let batch = self.filters.batch_id.map(|batch| created_with(batch.ulid()));
        let latest = |one: Option<Timestamp>, other: Option<Timestamp>| one.max(other);
        let earliest = |one: Option<Timestamp>, other: Option<Timestamp>| match (one, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let span = Span {
            from: latest(created.from, batch.map(|(from, _)| from)),
            until: earliest(created.until, batch.map(|(_, until)| until)),
            before: after.and_then(ulid_of),
        };
        let of_type = |kind: &TransactionType| {
            let kind = *kind;
            let known = statuses(kind);
            let wanted = self.filters.statuses.iter().copied().filter(|it| known.contains(it));
            let some = wanted.map(|status| listing(self.account_id, kind, Some(status), span));
            match self.filters.statuses.is_empty() {
                true => vec![listing(self.account_id, kind, None, span)],
                false => some.collect(),
            }
        };
        self.types.iter().flat_map(of_type).collect()
    }

    fn references(
        &self,
        types: &[TransactionType],
        prefix: Option<&str>,
        after: Option<&str>,
    ) -> Vec<Listing> {
        let prefix = prefix.unwrap_or_default().to_owned();
        // The sort key of a candidate ends with its type.
        let after = after.and_then(|after| after.split_once(REFERENCE_END));
        let after = after.map(|(text, _)| text.to_owned());
        let list = |kind: &TransactionType| {
            Listing::References(self.account_id, *kind, prefix.clone(), after.clone())
        };
        types.iter().map(list).collect()
    }

    fn changes(&self, after: Option<&str>) -> Listing {
        let updated = self.filters.updated_at;
        let before = after.and_then(ulid_of);
        let span = Span { from: updated.from, until: updated.until, before };
        let kind = if let [kind] = self.types[..] { Some(kind) } else { None };
        Listing::Changes(self.account_id, span, kind)
    }
}

/// Returns the statuses of a type.
pub(crate) fn statuses(kind: TransactionType) -> Vec<&'static str> {
    match kind {
        TransactionType::Charge => ChargeStatus::words(),
        TransactionType::Payout => PayoutStatus::words(),
        TransactionType::Refund => RefundStatus::words(),
        TransactionType::Credit => CreditStatus::words(),
    }
}

fn listing(
    account_id: AccountId,
    kind: TransactionType,
    status: Option<&'static str>,
    span: Span,
) -> Listing {
    match (kind, status) {
        (TransactionType::Charge, None) => Listing::Charges(account_id, span),
        (TransactionType::Charge, Some(status)) => Listing::ChargesIn(account_id, status, span),
        (TransactionType::Payout, None) => Listing::Payouts(account_id, span),
        (TransactionType::Payout, Some(status)) => Listing::PayoutsIn(account_id, status, span),
        (TransactionType::Refund, None) => Listing::Refunds(account_id, span),
        (TransactionType::Refund, Some(status)) => Listing::RefundsIn(account_id, status, span),
        (TransactionType::Credit, None) => Listing::Credits(account_id, span),
        (TransactionType::Credit, Some(status)) => Listing::CreditsIn(account_id, status, span),
    }
}

/// Returns the ULID of a sort key of an object, `<ULID>#<type>`, or of the id of an event.
fn ulid_of(sort_key: &str) -> Option<Ulid> {
    let id = sort_key.split('#').next().unwrap_or_default();
    Ulid::from_string(id.rsplit('_').next().unwrap_or_default()).ok()
}

/// Returns the millisecond of a ULID as a span. The payouts of a batch have ids of its millisecond.
fn created_with(ulid: Ulid) -> (Timestamp, Timestamp) {
    let milliseconds = i64::try_from(ulid.timestamp_ms()).unwrap_or_default();
    let from = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    (from, from.checked_add(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX))
}
