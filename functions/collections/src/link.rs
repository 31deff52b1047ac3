//! The collection behind the token in the address of a page.

use domain::account::Account;
use domain::collection::Collection;
use domain::kernel::Error;
use edge::{PublicRequest, Rows};
use gate::collection_link_digest;
use store::{CollectionLink, Key, Store};

/// Returns the collection and account of the `{token}` in the path. Returns `None` if no link has the token, or
/// if the account is closed.
pub(crate) async fn collection_of_link<I>(
    store: &Store,
    request: &PublicRequest<I>,
) -> Result<Option<(Collection, Account)>, Error> {
    let Some(digest) = collection_link_digest(request.path("token")) else { return Ok(None) };
    let link: Option<CollectionLink> = store.find(&Key::CollectionLink(digest)).await?;
    let Some(link) = link else { return Ok(None) };
    let collection = Key::Collection(link.account_id, link.collection_id);
    let account = Key::Account(link.account_id);
    let rows = Rows::load(store, vec![collection.clone(), account.clone()]).await?;
    let found = rows.find::<Collection>(&collection)?.zip(rows.find::<Account>(&account)?);
    Ok(found.filter(|(collection, account)| {
        collection.link_digest == link.digest && !account.is_closed()
    }))
}
