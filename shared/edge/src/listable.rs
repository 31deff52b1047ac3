//! Lists of charges, payouts and refunds: newest first, with filters by status, time and the caller's
//! own reference.

use std::marker::PhantomData;

use domain::charge::{Charge, ChargeStatus, Refund, RefundStatus};
use domain::kernel::{AccountId, Error};
use domain::ledger::TransactionRef;
use domain::payout::{Payout, PayoutStatus};
use jiff::Timestamp;
use store::{Item, Key, Listing, Reference, Span, Store};

use crate::call::Call;
use crate::fields::ListInput;
use crate::reply::ListPage;
use crate::rows::Rows;
use crate::target::{Target, TargetScope};

/// An object with lists by status and time, and with a reference.
pub trait Listable: Item + Send {
    /// Statuses of the object.
    type Status: PartialEq;

    /// Returns the key of the row that names the holder of a reference.
    fn reference(account_id: AccountId, reference: String) -> Key;

    /// Returns the key of the holder. Returns `None` if the holder is of another kind.
    fn holder(account_id: AccountId, holder: TransactionRef) -> Option<Key>;

    /// Returns the list of all objects, or of those in one status.
    fn listing(account_id: AccountId, status: Option<&Self::Status>, span: Span) -> Listing;

    /// Returns the object as it is at this instant.
    #[must_use]
    fn at(self, now: Timestamp) -> Self;

    /// Returns status and time of creation.
    fn listed_by(&self) -> (&Self::Status, Timestamp);
}

macro_rules! listable {
    ($($kind:ident, $status:ty, $reference:ident, $all:ident, $some:ident, |$it:ident, $now:ident| $at:expr;)*) => {$(
        impl Listable for $kind {
            type Status = $status;

            fn reference(account_id: AccountId, reference: String) -> Key {
                Key::$reference(account_id, reference)
            }

            fn holder(account_id: AccountId, holder: TransactionRef) -> Option<Key> {
                match holder {
                    TransactionRef::$kind(id) => Some(Key::$kind(account_id, id)),
                    _ => None,
                }
            }

            fn listing(account_id: AccountId, status: Option<&$status>, span: Span) -> Listing {
                match status {
                    None => Listing::$all(account_id, span),
                    Some(status) => Listing::$some(account_id, status.as_str(), span),
                }
            }

            fn at(self, $now: Timestamp) -> Self {
                let $it = self;
                $at
            }

            fn listed_by(&self) -> (&$status, Timestamp) {
                (&self.status, self.created_at)
            }
        }
    )*};
}

listable! {
    Charge, ChargeStatus, ChargeReference, Charges, ChargesIn, |it, now| it.as_of(now);
    Payout, PayoutStatus, PayoutReference, Payouts, PayoutsIn, |it, now| it.as_of(now);
    // Time alone changes nothing of a refund.
    Refund, RefundStatus, RefundReference, Refunds, RefundsIn, |it, _now| it;
}

/// The holder of the `reference` in the query, if there is one.
pub struct ReferenceTarget<R>(pub Option<Reference>, PhantomData<R>);

impl<R: Listable> ReferenceTarget<R> {
    fn key(scope: &TargetScope<'_>) -> Option<Key> {
        let mut query = form_urlencoded::parse(scope.query.as_bytes());
        // A text that is too long for a key is refused later, with the rest of the input.
        let reference =
            query.find(|(name, value)| name == "reference" && (1..=256).contains(&value.len()));
        reference.map(|(_, value)| R::reference(scope.account_id, value.into_owned()))
    }
}

impl<R: Listable> Target for ReferenceTarget<R> {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(Self::key(scope).into_iter().collect())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let holder = Self::key(scope).map(|key| rows.find(&key)).transpose()?;
        Ok(Self(holder.flatten(), PhantomData))
    }
}

impl<R: Listable> Call<ListInput<R::Status>, ReferenceTarget<R>> {
    /// Reads the page that the input selects. The filter by status is up to a minute behind the time,
    /// the status that is shown is not.
    pub async fn list_page<V>(
        &self,
        store: &Store,
        view: impl Fn(&R) -> V,
    ) -> Result<ListPage<V>, Error> {
        let (input, now) = (&self.input, self.moment.now);
        let (limit, cursor) = (input.limit, input.cursor.as_deref());
        if input.reference.is_some() {
            if let Some(violation) = input.reference_flaw() {
                return Err(Error::Invalid(vec![violation]));
            }
            let found = self.referenced(store).await?.map(|row| row.at(now));
            let found = found.filter(|row| {
                let (status, created_at) = row.listed_by();
                input.selects(status, created_at)
            });
            return self.list_of_one_page(limit, cursor, found.iter().map(view).collect());
        }
        let (from, until) =
            (input.created_from.map(|from| from.0), input.created_until.map(|until| until.0));
        let span = Span { from, until, before: None };
        let listing = R::listing(self.account_id(), input.status.as_ref(), span);
        self.list(store, &listing, limit, cursor, |row: R| view(&row.at(now))).await
    }

    /// Reads the holder of the reference. Its row was read together with the credential, so the object
    /// itself is the second round trip.
    async fn referenced(&self, store: &Store) -> Result<Option<R>, Error> {
        let holder = self.target.0.as_ref().map(|row| row.holder);
        match holder.and_then(|holder| R::holder(self.account_id(), holder)) {
            Some(key) => store.find(&key).await,
            None => Ok(None),
        }
    }
}
