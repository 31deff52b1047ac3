//! Credentials and the decision who may do what: pure functions over plain inputs.
//!
//! Deliberately absent: I/O, HTTP, AWS, a clock, a random source, and any cache of a decision.
#![warn(missing_docs)]

mod address;
mod address_digest;
mod api_key;
mod card_number;
mod collection_code;
mod collection_token;
mod decide;
mod destination;
mod hint;
mod invitation;
mod kyc_text;
mod payment_token;
mod pepper;
mod search_digest;
mod signing;
mod token;
mod totp;

pub use address::{IP_RANGES_MAX, RangeError, canonical_ip, is_listed, parse_range, written};
pub use api_key::{MintedKey, PresentedKey, mint_api_key, mint_secret};
pub use card_number::holds_card_number;
pub use collection_token::{
    COLLECTION_TOKEN_PATTERN, collection_link_digest, mint_collection_token,
};
pub use decide::{AccessRequest, CodeDemand, Credential, Denial, Grant, Moderation, Needs, decide};
pub use destination::{
    DESTINATION_LENGTH_MAX, DestinationScope, WebhookUrl, WebhookUrlError, may_connect,
};
pub use invitation::{NewInvitation, invite, mint_invitation};
pub use payment_token::{PAYMENT_TOKEN_PATTERN, PaymentToken};
pub use pepper::{PepperError, Peppers};
pub use signing::{new_signing_secret, signing_context};
pub use token::{Token, TokenKind, login_key, sha256_hex};
pub use totp::{
    CODE_PATTERN, TOTP_STEP_SECONDS, accepted_step, enrolment_url, is_last_code, new_secret,
    secret_base32, totp_context,
};
