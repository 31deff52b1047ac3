//! `POST /v1/payouts`: create a payout to a Pix key or a bank account.

use domain::kernel::{Error, Id, PayoutId};
use domain::ledger::{Books, Funds};
use domain::payout::{Payout, PayoutView};
use edge::{Call, Created, Outcome, PayoutRules};
use store::{Store, Writes};

use crate::new_payout::PayoutInput;
use crate::payout_rules::terms;

/// Opens the payout and holds its money, in one transaction. Another function submits it to the
/// network later, so a retry of this request cannot pay twice.
pub async fn handle(
    store: &Store,
    call: Call<PayoutInput, (PayoutRules, Books)>,
) -> Result<Outcome<Created<PayoutView>>, Error> {
    let new = call.input.read("", call.moment.now).map_err(Error::Invalid)?;
    let (rules, books) = &call.target;
    let terms = terms(rules, &call.rails)?;
    let mut funds = Funds::new(books.clone(), None);
    let id = PayoutId::mint(&call.moment);
    let author = (call.account_id(), call.principal.user_id());
    let (payout, effects) = Payout::open(id, author, new, &terms, &mut funds, &call.moment)?;
    let writes = Writes::default().open_payout(&payout, &funds, &effects);
    call.commit(store, writes, Created(PayoutView::from(&payout))).await
}
