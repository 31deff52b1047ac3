//! Data Collect links, one in each state that an operation needs.

use tests::{World, link_path, new_collection, text};

/// Data Collect links of an account.
pub(crate) struct LinkObjects {
    /// A link that was never opened.
    pub(crate) open_id: String,
    /// Token of its page.
    pub(crate) open_token: String,
    /// Token of the page of a link with a code that waits to be entered.
    pub(crate) coded_token: String,
    /// That code.
    pub(crate) code: String,
    /// Token of the page of a link with an open form.
    pub(crate) opened_token: String,
    /// Proof in that form.
    pub(crate) proof: String,
}

impl LinkObjects {
    pub(super) async fn of(world: &World, key: &str) -> Self {
        let make = async || world.collect(key, &new_collection()).await.created();
        let (open, coded, opened) = (make().await, make().await, make().await);
        let [open_path, coded_path, opened_path] = [&open, &coded, &opened].map(link_path);
        let token = |path: String| path.replace("/collect/", "");
        Self {
            open_id: text(&open["id"]),
            open_token: token(open_path),
            code: world.collection_code(&coded_path).await,
            coded_token: token(coded_path),
            proof: world.collection_proof(&opened_path).await,
            opened_token: token(opened_path),
        }
    }
}
