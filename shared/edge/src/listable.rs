//! What is listed newest first, by state, time and the caller's own reference: charges, payouts and
//! refunds, alike in each.

use std::marker::PhantomData;

use domain::charge::{Charge, ChargeStatus, Refund, RefundStatus};
use domain::kernel::{AccountId, Error};
use domain::ledger::TransactionRef;
use domain::payout::{Payout, PayoutStatus};
use jiff::Timestamp;
use store::{Item, Key, Listing, Reference, Row, Span, Store};

use crate::Call;
use crate::fields::ListInput;
use crate::reply::Listed;
use crate::target::{Target, TargetScope};

/// An object that is found by its state, its time and its reference.
pub trait Listable: Item + Send {
    /// Its states.
    type Status: PartialEq;

    /// The row that says what holds a reference.
    fn reference(account_id: AccountId, reference: String) -> Key;

    /// The row of what holds one, if that is of this kind.
    fn holder(account_id: AccountId, holder: TransactionRef) -> Option<Key>;

    /// All of them, or those in one state.
    fn listing(account_id: AccountId, status: Option<&Self::Status>, span: Span) -> Listing;

    /// As it truly is at this instant.
    #[must_use]
    fn at(self, now: Timestamp) -> Self;

    /// Where it stands and since when it exists.
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
    // Nothing of a refund follows from the time alone.
    Refund, RefundStatus, RefundReference, Refunds, RefundsIn, |it, _now| it;
}

/// What holds the `reference` of the query, if one is asked for.
pub struct Referenced<R>(pub Option<Reference>, PhantomData<R>);

impl<R: Listable> Target for Referenced<R> {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let mut query = form_urlencoded::parse(scope.query.as_bytes());
        // One that is too long to be a reference is refused with the rest of the input.
        let asked =
            query.find(|(name, value)| name == "reference" && (1..=256).contains(&value.len()));
        Ok(asked
            .map(|(_, value)| R::reference(scope.account_id, value.into_owned()))
            .into_iter()
            .collect())
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        let holder = rows.next().flatten().map(Row::read).transpose()?;
        Ok(Self(holder, PhantomData))
    }
}

impl<R: Listable> Call<ListInput<R::Status>, Referenced<R>> {
    /// A page of what the input asks for. The filter by state follows the time within a minute, what
    /// is shown follows it at once.
    pub async fn list_page<V>(
        &self,
        store: &Store,
        view: impl Fn(&R) -> V,
    ) -> Result<Listed<V>, Error> {
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
        let span = Span { from: input.created_from, until: input.created_until, before: None };
        let listing = R::listing(self.account_id(), input.status.as_ref(), span);
        self.list(store, &listing, limit, cursor, |row: R| view(&row.at(now))).await
    }

    /// The holder was read together with the credential; the object itself is the second round trip.
    async fn referenced(&self, store: &Store) -> Result<Option<R>, Error> {
        let holder = self.target.0.as_ref().map(|row| row.holder);
        match holder.and_then(|holder| R::holder(self.account_id(), holder)) {
            Some(key) => store.find(&key).await,
            None => Ok(None),
        }
    }
}
