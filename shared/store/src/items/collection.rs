//! Rows of collections, and what finds them by their links.

use domain::collection::Collection;
use domain::kernel::{AccountId, CollectionId};
use serde::{Deserialize, Serialize};

use crate::due::DueList;
use crate::index::status_and_due;
use crate::item::items;
use crate::key::{self, Key};

/// The collection behind a link. The row has the digest of the token, so a reader of the table has no link.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectionLink {
    /// Digest of the token in the link.
    pub digest: String,
    /// Account of the collection.
    pub account_id: AccountId,
    /// Collection of the link.
    pub collection_id: CollectionId,
}

items! {
    Collection {
        "collection", |it| Key::Collection(it.account_id, it.id),
        index: collection_index(it),
        version: it.version
    }
    CollectionLink { "collection_link", |it| Key::CollectionLink(it.digest.clone()) }
}

fn collection_index(collection: &Collection) -> Vec<(&'static str, String)> {
    let status = key::collections_in(&collection.account_id, collection.status.as_str());
    let due_at = collection.due.as_ref().map(|due| due.at);
    status_and_due(status, DueList::Collections, collection.id, due_at)
}
