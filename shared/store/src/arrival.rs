//! Reads the rows that decide where the money of a payment goes, in one round trip; in two if a bank names a
//! boleto by its number.

use std::collections::HashMap;

use domain::account::Account;
use domain::charge::{Charge, ChargeUpdate, PixCharge};
use domain::credit::{ArrivalContext, CreditSettings};
use domain::kernel::{AccountId, ChargeId, Error, MethodKind, PaymentId};
use domain::payment::{NetworkPaymentId, PaymentReport};

use crate::items::BoletoNumber;
use crate::{Key, Row, Store};

/// The rows of a report: account, books, settings, the payment itself, and the charge that it names.
pub struct ArrivalRows {
    account_id: AccountId,
    payment_id: Option<PaymentId>,
    charge_id: Option<ChargeId>,
}

impl ArrivalRows {
    /// Returns the rows of a payment to an account. Without a network id the payment is new.
    pub fn of(
        account_id: AccountId,
        method: MethodKind,
        network_id: Option<&NetworkPaymentId>,
        txid: Option<&str>,
    ) -> Self {
        let payment_id = network_id.map(|id| PaymentReport::id_of(account_id, method, id));
        let named = txid.filter(|_| method == MethodKind::Pix);
        Self { account_id, payment_id, charge_id: named.and_then(PixCharge::charge_id) }
    }

    /// Returns the rows of a payment of this charge.
    pub fn of_charge(
        account_id: AccountId,
        charge_id: ChargeId,
        method: MethodKind,
        network_id: Option<&NetworkPaymentId>,
    ) -> Self {
        Self { charge_id: Some(charge_id), ..Self::of(account_id, method, network_id, None) }
    }

    /// Returns the keys of the rows.
    pub fn keys(&self) -> Vec<Key> {
        let account_id = self.account_id;
        let mut keys =
            vec![Key::Account(account_id), Key::Books(account_id), Key::CreditSettings(account_id)];
        keys.extend(self.payment_id.map(|id| Key::Payment(account_id, id)));
        keys.extend(self.charge_id.map(|id| Key::Charge(account_id, id)));
        keys
    }

    /// Reads the context from the rows.
    ///
    /// # Errors
    /// `NotFound` if there is no such account.
    pub fn context(
        &self,
        method: MethodKind,
        row: impl Fn(&Key) -> Option<Row>,
    ) -> Result<ArrivalContext, Error> {
        let account_id = self.account_id;
        let account = row(&Key::Account(account_id)).ok_or(Error::NotFound("account"))?;
        let books = row(&Key::Books(account_id)).ok_or(Error::NotFound("books"))?;
        let settings: Option<CreditSettings> =
            row(&Key::CreditSettings(account_id)).map(Row::read).transpose()?;
        let known = self.payment_id.and_then(|id| row(&Key::Payment(account_id, id)));
        let charge = self.charge_id.and_then(|id| row(&Key::Charge(account_id, id)));
        let account: Account = account.read()?;
        let settings = settings.unwrap_or_else(|| CreditSettings::default_of(account_id));
        let fees = *account.fees.charge_fee(method);
        let (charge, known) = (charge.map(Row::read).transpose()?, known.map(Row::read));
        Ok(ArrivalContext::new(charge, books.read()?, settings, fees, known.transpose()?))
    }
}

impl Store {
    /// Returns the charge whose boleto a payment names by its number.
    async fn find_boleto(
        &self,
        account_id: AccountId,
        report: &PaymentReport,
    ) -> Result<Option<ChargeId>, Error> {
        let number = report.txid.as_deref().filter(|_| report.method == MethodKind::Boleto);
        let Some(number) = number.and_then(|number| number.parse().ok()) else { return Ok(None) };
        let number: Option<BoletoNumber> =
            self.find(&Key::BoletoNumber(account_id, number)).await?;
        Ok(number.map(|number| number.charge_id))
    }

    /// Reads the rows of an update about a payment that the network announced on a charge.
    pub async fn read_arrival_of(
        &self,
        charge: &Charge,
        update: &ChargeUpdate,
    ) -> Result<ArrivalContext, Error> {
        if let Some(report) = update.payment() {
            return self.read_arrival(charge.account_id, report).await;
        }
        let (account_id, method) = (charge.account_id, charge.paid_by());
        let rows = ArrivalRows::of_charge(account_id, charge.id, method, update.network_id());
        self.read_rows(&rows, method).await
    }

    /// Reads the rows that decide where the money of a payment goes.
    pub async fn read_arrival(
        &self,
        account_id: AccountId,
        report: &PaymentReport,
    ) -> Result<ArrivalContext, Error> {
        let (method, network_id) = (report.method, Some(&report.network_id));
        let name = report.txid.as_deref();
        let rows = match self.find_boleto(account_id, report).await? {
            Some(charge_id) => ArrivalRows::of_charge(account_id, charge_id, method, network_id),
            None => ArrivalRows::of(account_id, method, network_id, name),
        };
        self.read_rows(&rows, method).await
    }

    async fn read_rows(
        &self,
        rows: &ArrivalRows,
        method: MethodKind,
    ) -> Result<ArrivalContext, Error> {
        let keys = rows.keys();
        let read = self.read(&keys).await?;
        let read: HashMap<_, _> = keys.iter().zip(read).collect();
        rows.context(method, |key| read.get(key).cloned().flatten())
    }
}
