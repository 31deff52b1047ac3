//! The registry: which rail serves an account for which capability.
//!
//! [`OrderRails`] submits orders; only the function of the network gets it. Every other function gets
//! [`Rails`], which opens charges and looks up Pix keys, so no other function can pay.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::charge::{BoletoAgreement, CardAgreement};
use domain::kernel::{AccountId, Code, Error, MethodKind};
use jiff::Timestamp;

use crate::boleto::{BoletoRail, BoletoRequest};
use crate::card::{CardRail, CardRequest};
use crate::charge::ChargeRail;
use crate::dispute::DisputeRequest;
use crate::key_directory::KeyDirectory;
use crate::network::Rail;
use crate::payout::{PayoutOrder, PayoutRail};
use crate::refund::RefundOrder;

/// The accounts that a provider serves.
#[derive(Debug, Clone)]
pub enum AccountScope {
    /// All accounts.
    All,
    /// These accounts and no others.
    Only(BTreeSet<AccountId>),
}

impl AccountScope {
    fn includes(&self, account_id: AccountId) -> bool {
        match self {
            Self::All => true,
            Self::Only(accounts) => accounts.contains(&account_id),
        }
    }
}

/// The rails of one provider. A capability that it does not have is `None`.
#[derive(Clone)]
pub struct Provider {
    /// Name, unique in a registry. Orders are stored with it, so it never changes.
    pub name: &'static str,
    /// Accounts that it serves.
    pub accounts: AccountScope,
    /// Rail that receives Pix payments.
    pub pix_charges: Option<Arc<dyn ChargeRail>>,
    /// Bank that registers boletos.
    pub boletos: Option<Arc<dyn BoletoRail>>,
    /// Acquirer of cards.
    pub cards: Option<Arc<dyn CardRail>>,
    /// Rail that returns Pix payments to their payers.
    pub refunds: Option<Arc<dyn Rail<RefundOrder>>>,
    /// Rail that returns payments to cards.
    pub card_refunds: Option<Arc<dyn Rail<RefundOrder>>>,
    /// Rail that takes answers to demands for the money of charges.
    pub disputes: Option<Arc<dyn Rail<DisputeRequest>>>,
    /// Rail that pays out.
    pub payouts: Option<Arc<dyn PayoutRail>>,
    /// Directory of Pix keys.
    pub directory: Option<Arc<dyn KeyDirectory>>,
}

impl Provider {
    /// Returns a provider for all accounts that has every capability.
    pub fn complete<R>(name: &'static str, rail: R) -> Self
    where
        R: ChargeRail
            + BoletoRail
            + CardRail
            + PayoutRail
            + Rail<RefundOrder>
            + Rail<DisputeRequest>
            + KeyDirectory
            + 'static,
    {
        let rail = Arc::new(rail);
        Self {
            name,
            accounts: AccountScope::All,
            pix_charges: Some(rail.clone()),
            boletos: Some(rail.clone()),
            cards: Some(rail.clone()),
            refunds: Some(rail.clone()),
            card_refunds: Some(rail.clone()),
            disputes: Some(rail.clone()),
            payouts: Some(rail.clone()),
            directory: Some(rail),
        }
    }
}

/// A rail, with the name of its provider.
#[derive(Clone, Copy)]
pub struct ProviderRail<'a, O> {
    /// Name of the provider.
    pub provider: &'static str,
    /// Rail of the provider.
    pub rail: &'a dyn Rail<O>,
}

/// What every function may use: rails that cannot submit an order.
#[derive(Clone)]
pub struct Rails(Arc<[Provider]>);

impl Rails {
    /// Returns the rail that receives Pix payments for the account.
    ///
    /// # Errors
    /// `rail_missing` if no provider does.
    pub fn pix_charges(&self, account_id: AccountId) -> Result<&dyn ChargeRail, Error> {
        self.find(account_id, |provider| provider.pix_charges.as_deref())
    }

    /// Returns the agreement under which new boletos of the account are registered.
    ///
    /// # Errors
    /// `rail_missing` if no provider registers boletos.
    pub fn boleto_agreement(&self, account_id: AccountId) -> Result<BoletoAgreement, Error> {
        self.find(account_id, |provider| provider.boletos.as_deref()).map(BoletoRail::agreement)
    }

    /// Returns what the acquirer of the account accepts.
    ///
    /// # Errors
    /// `rail_missing` if no provider is an acquirer.
    pub fn card_agreement(&self, account_id: AccountId) -> Result<CardAgreement, Error> {
        self.find(account_id, |provider| provider.cards.as_deref()).map(CardRail::agreement)
    }

    /// Returns the time at which the acquirer of a sale pays instalments early, if it agrees now. Returns `None`
    /// if it does not pay early. `provider` is the name of the one that has the sale.
    pub fn early_payment_at(&self, provider: Option<&str>, now: Timestamp) -> Option<Timestamp> {
        let named = self.0.iter().find(|one| Some(one.name) == provider)?;
        named.cards.as_deref()?.early_payment_at(now)
    }

    /// Returns the address of the form in which a payer types a card. `payment_url` is that of the payment page.
    ///
    /// # Errors
    /// `rail_missing` if no provider is an acquirer with such a form.
    pub fn card_form_url(
        &self,
        account_id: AccountId,
        payment_url: &str,
        language: &str,
    ) -> Result<String, Error> {
        let form = self.find(account_id, |provider| provider.cards.as_deref())?;
        form.form_url(payment_url, language).ok_or_else(missing)
    }

    /// Returns the directory of Pix keys that serves the account.
    ///
    /// # Errors
    /// `rail_missing` if no provider does.
    pub fn directory(&self, account_id: AccountId) -> Result<&dyn KeyDirectory, Error> {
        self.find(account_id, |provider| provider.directory.as_deref())
    }

    /// Returns the ISPB of the institution that pays out for the account.
    ///
    /// # Errors
    /// `rail_missing` if no provider does.
    pub fn participant(&self, account_id: AccountId) -> Result<&'static str, Error> {
        self.find(account_id, |provider| provider.payouts.as_deref()).map(PayoutRail::participant)
    }

    /// Checks that a rail can refund payments of this method of the account, before a refund is created.
    ///
    /// # Errors
    /// `rail_missing` if none can.
    pub fn require_refunds(&self, account_id: AccountId, method: MethodKind) -> Result<(), Error> {
        self.find(account_id, |provider| refund_rail(provider, method)).map(drop)
    }

    /// Checks that a rail can take an answer to a demand: that of the named provider, or one that serves the
    /// account.
    ///
    /// # Errors
    /// `rail_missing` if none can.
    pub fn require_disputes(&self, account_id: AccountId, name: Option<&str>) -> Result<(), Error> {
        self.dispute_rail(account_id, name).map(drop)
    }

    fn dispute_rail(
        &self,
        account_id: AccountId,
        name: Option<&str>,
    ) -> Result<ProviderRail<'_, DisputeRequest>, Error> {
        self.order_rail(account_id, name, |provider| provider.disputes.as_deref())
    }

    /// Returns the rail of the named provider, or of the first provider that serves the account.
    fn order_rail<'a, O>(
        &'a self,
        account_id: AccountId,
        name: Option<&str>,
        capability: impl Fn(&'a Provider) -> Option<&'a dyn Rail<O>>,
    ) -> Result<ProviderRail<'a, O>, Error> {
        let serves = |provider: &&Provider| match name {
            Some(name) => provider.name == name,
            None => provider.accounts.includes(account_id),
        };
        let mut rails = self.0.iter().filter(serves).filter_map(|provider| {
            Some(ProviderRail { provider: provider.name, rail: capability(provider)? })
        });
        rails.next().ok_or_else(missing)
    }

    fn find<'a, T: ?Sized>(
        &'a self,
        account_id: AccountId,
        capability: impl Fn(&'a Provider) -> Option<&'a T>,
    ) -> Result<&'a T, Error> {
        let serving = self.0.iter().filter(|provider| provider.accounts.includes(account_id));
        serving.filter_map(capability).next().ok_or_else(missing)
    }
}

/// What the function of the network uses: the rails that submit orders, and all others.
#[derive(Clone)]
pub struct OrderRails(Rails);

impl OrderRails {
    /// Returns the registry of these providers. The first provider that serves an account and has the
    /// capability wins.
    pub fn new(providers: impl IntoIterator<Item = Provider>) -> Self {
        Self(Rails(providers.into_iter().collect()))
    }

    /// Returns the registry without the power to submit orders.
    pub fn without_orders(&self) -> Rails {
        self.0.clone()
    }

    /// Returns the registry if it has a provider, so that a function that submits orders does not
    /// start without one.
    ///
    /// # Errors
    /// `rail_missing` if it has none.
    pub fn require_provider(self) -> Result<Self, Error> {
        if self.0.0.is_empty() { Err(missing()) } else { Ok(self) }
    }

    /// Returns the payout rail of the named provider. Without a name, returns the one that serves the
    /// account.
    ///
    /// # Errors
    /// `rail_missing` if there is none.
    pub fn payouts(
        &self,
        account_id: AccountId,
        name: Option<&str>,
    ) -> Result<ProviderRail<'_, PayoutOrder>, Error> {
        self.0.order_rail(account_id, name, |provider| {
            provider.payouts.as_deref().map(|rail| rail as &dyn Rail<PayoutOrder>)
        })
    }

    /// Returns the refund rail of the named provider for payments of a method. Without a name, returns the one that serves the
    /// account.
    ///
    /// # Errors
    /// `rail_missing` if there is none.
    pub fn refunds(
        &self,
        account_id: AccountId,
        method: MethodKind,
        name: Option<&str>,
    ) -> Result<ProviderRail<'_, RefundOrder>, Error> {
        self.0.order_rail(account_id, name, |provider| refund_rail(provider, method))
    }

    /// Returns the acquirer of the named provider. Without a name, returns the one that serves the account.
    ///
    /// # Errors
    /// `rail_missing` if there is none.
    pub fn cards(
        &self,
        account_id: AccountId,
        name: Option<&str>,
    ) -> Result<ProviderRail<'_, CardRequest>, Error> {
        self.0.order_rail(account_id, name, |provider| {
            provider.cards.as_deref().map(|rail| rail as &dyn Rail<CardRequest>)
        })
    }

    /// Returns the rail of the named provider that takes answers to demands. Without a name, returns the one that
    /// serves the account.
    ///
    /// # Errors
    /// `rail_missing` if there is none.
    pub fn disputes(
        &self,
        account_id: AccountId,
        name: Option<&str>,
    ) -> Result<ProviderRail<'_, DisputeRequest>, Error> {
        self.0.dispute_rail(account_id, name)
    }

    /// Returns the bank of the named provider that registers boletos. Without a name, returns the one that
    /// serves the account.
    ///
    /// # Errors
    /// `rail_missing` if there is none.
    pub fn boletos(
        &self,
        account_id: AccountId,
        name: Option<&str>,
    ) -> Result<ProviderRail<'_, BoletoRequest>, Error> {
        self.0.order_rail(account_id, name, |provider| {
            provider.boletos.as_deref().map(|rail| rail as &dyn Rail<BoletoRequest>)
        })
    }

    /// Returns the directory of Pix keys that serves the account.
    ///
    /// # Errors
    /// `rail_missing` if no provider does.
    pub fn directory(&self, account_id: AccountId) -> Result<&dyn KeyDirectory, Error> {
        self.0.directory(account_id)
    }
}

/// Returns the rail of a provider that returns payments of a method.
fn refund_rail(provider: &Provider, method: MethodKind) -> Option<&dyn Rail<RefundOrder>> {
    match method {
        MethodKind::Card => provider.card_refunds.as_deref(),
        MethodKind::Pix | MethodKind::Boleto => provider.refunds.as_deref(),
    }
}

fn missing() -> Error {
    Error::refused(
        Code::RailMissing,
        "no payment network serves this account; use a sandbox deployment",
    )
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use brazil::PixKey;
    use domain::kernel::Id;
    use jiff::Timestamp;

    use super::*;
    use crate::key_directory::DirectoryEntry;
    use crate::network::{NetworkStatus, RailFuture};

    /// A provider that pays out and looks up keys, under this ISPB.
    struct PayoutBank(&'static str);

    type Status = NetworkStatus<domain::payout::PayoutUpdate>;

    impl Rail<PayoutOrder> for PayoutBank {
        fn submit<'a>(&'a self, _: &'a PayoutOrder, _: Timestamp) -> RailFuture<'a, Status> {
            Box::pin(ready(Ok(Status::default())))
        }

        fn query<'a>(&'a self, _: &'a PayoutOrder, _: Timestamp) -> RailFuture<'a, Option<Status>> {
            Box::pin(ready(Ok(None)))
        }
    }

    impl PayoutRail for PayoutBank {
        fn participant(&self) -> &'static str {
            self.0
        }
    }

    impl KeyDirectory for PayoutBank {
        fn look_up<'a>(
            &'a self,
            _: &'a PixKey,
            _: Timestamp,
        ) -> RailFuture<'a, Option<DirectoryEntry>> {
            Box::pin(ready(Ok(None)))
        }
    }

    fn account(last: char) -> AccountId {
        AccountId::parse(&format!("acc_01J0000000000000000000000{last}")).expect("an id")
    }

    fn provider(accounts: AccountScope, ispb: &'static str) -> Provider {
        let payouts: Option<Arc<dyn PayoutRail>> = Some(Arc::new(PayoutBank(ispb)));
        Provider {
            name: ispb,
            accounts,
            pix_charges: None,
            boletos: None,
            cards: None,
            refunds: None,
            card_refunds: None,
            disputes: None,
            payouts,
            directory: None,
        }
    }

    #[test]
    fn the_first_provider_that_serves_the_account_wins() {
        let only = AccountScope::Only(BTreeSet::from([account('1')]));
        let providers = [provider(only, "11111111"), provider(AccountScope::All, "22222222")];
        let rails = OrderRails::new(providers).without_orders();
        assert_eq!(rails.participant(account('1')).ok(), Some("11111111"));
        assert_eq!(rails.participant(account('2')).ok(), Some("22222222"));
    }

    #[test]
    fn a_provider_without_the_capability_is_skipped() {
        let mut directory = provider(AccountScope::All, "22222222");
        directory.directory = Some(Arc::new(PayoutBank("22222222")));
        let rails = OrderRails::new([provider(AccountScope::All, "11111111"), directory]);
        assert!(rails.directory(account('1')).is_ok());
        assert_eq!(rails.without_orders().participant(account('1')).ok(), Some("11111111"));
        assert!(rails.require_provider().is_ok());
    }

    #[test]
    fn an_order_stays_at_its_provider_if_the_account_moves_to_another() {
        let moved = AccountScope::Only(BTreeSet::from([account('1')]));
        let providers = [provider(moved, "11111111"), provider(AccountScope::All, "22222222")];
        let rails = OrderRails::new(providers);
        let of = |name| rails.payouts(account('1'), name).map(|found| found.provider);
        assert_eq!(of(None).ok(), Some("11111111"));
        assert_eq!(of(Some("22222222")).ok(), Some("22222222"));
        assert!(of(Some("33333333")).is_err(), "no other provider has the order");
    }

    #[test]
    fn an_account_without_a_provider_is_refused() {
        let only = AccountScope::Only(BTreeSet::from([account('1')]));
        let rails = OrderRails::new([provider(only, "11111111")]);
        let missing =
            |error: Error| matches!(error, Error::Refused { code: Code::RailMissing, .. });
        assert!(rails.payouts(account('2'), None).is_err_and(missing));
        assert!(rails.refunds(account('1'), MethodKind::Pix, None).is_err_and(missing));
        assert!(rails.without_orders().pix_charges(account('1')).is_err_and(missing));
        assert!(OrderRails::new([]).require_provider().is_err_and(missing));
    }
}
