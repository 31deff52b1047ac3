//! The address of a payment page, and the charge behind it (docs/adr/0041).

use domain::account::Account;
use domain::charge::Charge;
use domain::kernel::{AccountId, ChargeId, Error, Id};
use domain::ledger::Books;
use gate::{PaymentToken, Peppers};
use store::{Key, Store};

use crate::public_request::PublicRequest;
use crate::rows::Rows;

/// Returns the address of a charge's payment page.
pub(crate) fn url(origin: &str, peppers: &Peppers, charge_id: ChargeId) -> String {
    format!("{origin}/pay/{}", peppers.payment_token(charge_id))
}

/// Returns the charge and account of the `{token}` in the path. Returns `None` if the token is not genuine,
/// before anything is read: a wrong token and one of no charge take the same work.
///
/// # Errors
/// The secret or the table does not answer.
pub async fn charge_of_token<I>(
    store: &Store,
    request: &PublicRequest<I>,
) -> Result<Option<(Charge, Account)>, Error> {
    let rows = rows_of_token(store, request, |_| Vec::new()).await?;
    Ok(rows.map(|(charge, account, _)| (charge, account)))
}

/// Returns the charge and account as [`charge_of_token`] does, and the books of the account.
///
/// # Errors
/// The secret or the table does not answer.
pub async fn books_of_token<I>(
    store: &Store,
    request: &PublicRequest<I>,
) -> Result<Option<(Charge, Account, Books)>, Error> {
    let rows = rows_of_token(store, request, |account_id| vec![Key::Books(account_id)]).await?;
    let Some((charge, account, rows)) = rows else { return Ok(None) };
    let books = rows.require(&Key::Books(charge.account_id), "books")?;
    Ok(Some((charge, account, books)))
}

async fn rows_of_token<I>(
    store: &Store,
    request: &PublicRequest<I>,
    others: impl FnOnce(AccountId) -> Vec<Key>,
) -> Result<Option<(Charge, Account, Rows)>, Error> {
    let Some(token) = PaymentToken::parse(request.path("token")) else { return Ok(None) };
    let peppers = request.peppers_with(token.version()).await?;
    let Some(charge_id) = peppers.payment_page_charge(&token) else { return Ok(None) };
    let location = store.find_location(&charge_id.ulid().to_string()).await?;
    let Some((account_id, charge_id)) = location else { return Ok(None) };
    let (account, charge) = (Key::Account(account_id), Key::Charge(account_id, charge_id));
    let keys = [vec![account.clone(), charge.clone()], others(account_id)].concat();
    let rows = Rows::load(store, keys).await?;
    let found = rows.find::<Charge>(&charge)?.zip(rows.find::<Account>(&account)?);
    Ok(found.map(|(charge, account)| (charge, account, rows)))
}

impl<I> PublicRequest<I> {
    /// Returns the path of the payment page that this request is about.
    pub fn payment_path(&self) -> String {
        format!("/pay/{}", self.path("token"))
    }

    /// Returns the address of the payment page that this request is about.
    pub fn payment_url(&self) -> String {
        format!("{}{}", self.origin, self.payment_path())
    }
}
