//! `POST /v1/payouts`: create a payout to a Pix key, a bank account or a saved beneficiary.

use domain::kernel::{Error, Id, PayoutId};
use domain::ledger::{Books, Funds};
use domain::payout::{Payout, PayoutView};
use edge::{Call, Created, Outcome, PayoutRules};
use store::{Store, Writes};

use crate::new_payout::PayoutInput;
use crate::saved_target::{SavedTargets, require_reader};

/// Opens the payout and holds its money, in one transaction. Another function submits it to the
/// network later, so a retry of this request cannot pay twice. A saved beneficiary must be unchanged in the
/// same transaction, so that no payout goes to one that was archived a moment before.
pub async fn handle(
    store: &Store,
    call: Call<PayoutInput, (PayoutRules, Books, SavedTargets)>,
) -> Result<Outcome<Created<PayoutView>>, Error> {
    let (rules, books, saved) = &call.target;
    if call.input.names_saved() {
        require_reader(&call)?;
    }
    let new = call.input.read("", &call, saved).map_err(Error::Invalid)?;
    let terms = rules.terms(&call.rails)?;
    let mut funds = Funds::new(books.clone(), None);
    let id = PayoutId::mint(&call.moment);
    let author = (call.account_id(), call.principal.user_id());
    let digests = call.peppers.payout_digests(&new);
    let (payout, effects) = Payout::open(id, author, new, &terms, &mut funds, &call.moment)?;
    let beneficiary = payout.saved.and_then(|it| saved.find(it.beneficiary_id));
    let writes =
        Writes::default().open_payout_to(beneficiary, &payout, &digests, (&funds, &effects));
    call.commit(store, writes, Created(PayoutView::from(&payout))).await
}
