//! `POST /v1/payouts/preview`: show what a payout would be, without making it.

use directory::LookupRows;
use domain::kernel::{AccountId, Error};
use domain::ledger::Books;
use domain::payout::{NewPayout, PayoutPreview};
use edge::{Call, OkJson, PayoutRules, Rows, Target, TargetScope};
use store::{Key, Reference, Store};

use crate::new_payout::PayoutInput;
use crate::preview_view::{KnownRecipient, LinePreview, PreviewView};
use crate::recent::recent_payouts;
use crate::saved_target::{SavedTargets, require_reader};

/// The remembered look-up of the key in the body, and the holder of its reference.
pub struct PreviewTarget {
    lookup: LookupRows,
    reference_taken: bool,
    saved: SavedTargets,
}

impl PreviewTarget {
    fn split_keys(scope: &TargetScope<'_>) -> (Option<[Key; 2]>, Option<Key>) {
        let Some(input) = scope.body_as::<PayoutInput>() else { return (None, None) };
        let lookup = input.pix_key().map(|key| LookupRows::keys(scope.account_id, &key));
        let reference = input.valid_reference().map(str::to_owned);
        (lookup, reference.map(|reference| Key::PayoutReference(scope.account_id, reference)))
    }
}

impl Target for PreviewTarget {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let (lookup, reference) = Self::split_keys(scope);
        let saved = SavedTargets::keys(scope)?;
        Ok(lookup.into_iter().flatten().chain(reference).chain(saved).collect())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let (lookup, reference) = Self::split_keys(scope);
        let lookup = match lookup {
            Some(keys) => LookupRows::of(&mut keys.iter().map(|key| rows.row(key)))?,
            None => LookupRows::default(),
        };
        let holder = reference.map(|key| rows.find::<Reference>(&key)).transpose()?.flatten();
        let saved = SavedTargets::read(scope, rows)?;
        Ok(Self { lookup, reference_taken: holder.is_some(), saved })
    }
}

/// Decides as `POST /v1/payouts` does, on a copy of the books, and writes nothing. The owner of the key
/// comes from a look-up of the last minutes; the preview itself asks no directory.
pub async fn handle(
    store: &Store,
    call: Call<PayoutInput, (PayoutRules, Books, PreviewTarget)>,
) -> Result<OkJson<PreviewView>, Error> {
    let (rules, books, target) = &call.target;
    if call.input.names_saved() {
        require_reader(&call)?;
    }
    let new = call.input.read("", &call, &target.saved).map_err(Error::Invalid)?;
    let terms = rules.terms(&call.rails)?;
    let author = (call.account_id(), call.principal.user_id());
    let limits = books.outgoing_usage.left(&terms.settings.limits, call.moment.now);
    let preview = PayoutPreview::of(&new, author, &terms, &mut books.clone(), &call.moment)?;
    let like = (call.peppers.destination_digests(&new.to), new.amount_cents);
    let (recent, of_saved) = futures::try_join!(
        recent_payouts(store, call.account_id(), like, call.moment.now),
        lookup_of_saved(store, call.account_id(), &new)
    )?;
    let (rows, reference_taken) =
        (of_saved.as_ref().unwrap_or(&target.lookup), target.reference_taken);
    let known = KnownRecipient { rows, reference_taken, recent };
    Ok(OkJson(PreviewView::new(LinePreview::of(&call, &new, preview, known), limits)))
}

/// Reads the remembered look-up of the key of a saved beneficiary, which was not known before. Returns `None`
/// if the payout names no such key.
async fn lookup_of_saved(
    store: &Store,
    account_id: AccountId,
    new: &NewPayout,
) -> Result<Option<LookupRows>, Error> {
    let Some(key) = new.saved.and(new.to.pix_key()) else { return Ok(None) };
    let rows = store.read(&LookupRows::keys(account_id, key)).await?;
    LookupRows::of(&mut rows.into_iter()).map(Some)
}
