//! Charges by card, one in each state that an operation needs.

use serde_json::json;
use tests::{World, text};

use super::payment_token::payment_token;

/// Charges by card of an account.
pub(crate) struct CardObjects {
    /// A charge in two instalments that is paid.
    pub(crate) sold_id: String,
    /// A charge that is authorised.
    pub(crate) authorized_id: String,
    /// A charge whose issuer asks who the payer is.
    pub(crate) authentication_id: String,
    /// Token of its payment page.
    pub(crate) authentication_token: String,
    /// Token of the payment page of a charge that waits for a card.
    pub(crate) open_token: String,
}

impl CardObjects {
    pub(super) async fn of(world: &World, key: &str) -> Self {
        let fields = json!({ "capture": false });
        let installments = json!({ "installments": 2 });
        let sold = world.card(key, "fixture-sold", "approved", &installments).await.created();
        let authorized = world.card(key, "fixture-card", "approved", &fields).await.created();
        let asked = world.card(key, "fixture-asked", "authentication", &fields).await.created();
        world.deliver().await;
        let open = world.card_page(key, "fixture-page", &json!({ "installments_max": 3 })).await;
        Self {
            sold_id: text(&sold["id"]),
            authorized_id: text(&authorized["id"]),
            authentication_id: text(&asked["id"]),
            authentication_token: payment_token(&asked),
            open_token: payment_token(&open.created()),
        }
    }
}
