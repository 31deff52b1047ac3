//! A request for a new collection.

use crate::kernel::string_enum;
use brazil::Document;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// What a link asks for.
    CollectionAsk {
        /// A Pix key.
        PixKey = "pix_key",
    }
}

string_enum! {
    /// Language of the page of a link.
    CollectionLocale {
        /// Portuguese of Brazil.
        Portuguese = "pt",
        /// English.
        English = "en",
    }
}

/// A request for a new collection, without its personal data.
#[derive(Clone)]
pub struct NewCollection {
    /// CPF or CNPJ of the beneficiary, of which the row keeps a masked copy.
    pub document: Document,
    /// Sealed personal data.
    pub sealed: String,
    /// Digest of the token in the link.
    pub link_digest: String,
    /// What the link asks for.
    pub ask: CollectionAsk,
    /// Amount that the page shows, in cents.
    pub amount_cents: Option<u64>,
    /// Days until the link expires.
    pub expires_in_days: u8,
    /// Language of the page.
    pub locale: CollectionLocale,
    /// Purpose that the page shows.
    pub message: Option<String>,
    /// Caller's own id.
    pub reference: Option<String>,
}
