//! An account with a link.

use serde_json::Value;
use store::Listing;
use tests::{Tenant, World, link_path, new_collection, text};

/// A link, and the account that made it.
pub(super) struct TenantLink {
    pub(super) world: World,
    pub(super) tenant: Tenant,
    pub(super) collection: Value,
    pub(super) path: String,
}

impl TenantLink {
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        tenant.ana.log_in(&world).await.created();
        let made = world.collect(&tenant.program.api_key, &new_collection()).await.created();
        Self { path: link_path(&made), collection: made, world, tenant }
    }

    pub(super) fn key(&self) -> &str {
        &self.tenant.program.api_key
    }

    /// Returns the collection as the API shows it now.
    pub(super) async fn shown(&self) -> Value {
        self.world.find_collection(self.key(), &self.collection["id"]).await
    }

    pub(super) async fn status(&self) -> String {
        text(&self.shown().await["status"])
    }

    /// Returns the types of the events of the collection.
    pub(super) async fn events(&self) -> Vec<&'static str> {
        let id = text(&self.collection["id"]);
        let events = self.world.events(self.tenant.account_id, &id).await;
        events.iter().map(|event| event.kind.as_str()).collect()
    }

    /// Returns the row as the table has it.
    pub(super) async fn stored(&self) -> domain::collection::Collection {
        let listing = Listing::Collections(self.tenant.account_id, None);
        self.world.all(&listing).await.pop().expect("a row")
    }

    /// Returns the saved beneficiaries of the account.
    pub(super) async fn beneficiaries(&self) -> Vec<Value> {
        let page = self.world.get("/v1/beneficiaries").key(self.key()).send().await.ok();
        page["data"].as_array().cloned().expect("a list")
    }
}
