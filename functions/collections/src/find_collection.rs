//! `GET /v1/collections/{id}`: show a Data Collect link.

use domain::collection::{Collection, CollectionView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the collection with the person that it asks, until it ends. The Pix key is only in the saved
/// beneficiary.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, Collection>,
) -> Result<OkJson<CollectionView>, Error> {
    let person = call.peppers.open_person(&call.target)?;
    let full = person.map(|person| CollectionView::full(&call.target, &person));
    Ok(OkJson(full.unwrap_or_else(|| CollectionView::from(&call.target))))
}
