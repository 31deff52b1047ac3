//! Data Collect: links by which beneficiaries enter their own Pix keys (docs/adr/0052).

mod cancel_reason;
mod channel;
mod check;
mod code;
mod issued_code;
mod life;
mod new;
mod personal;
mod status;
mod stored;
mod view;

pub use cancel_reason::CancelReason;
pub use channel::CodeChannel;
pub use check::{CHECKS_MAX, CheckClaim};
pub use code::{CODE_TRIES_MAX, CODES_MAX, CodeAnswer, CodeRequest};
pub use issued_code::CollectionCode;
pub use new::{CollectionAsk, CollectionLocale, NewCollection};
pub use personal::{CollectedPerson, Consent, NOTICE_VERSION};
pub use status::CollectionStatus;
pub use stored::{Collection, CollectionStep, MaskedDocument};
pub use view::{CollectionContactView, CollectionPersonView, CollectionView};
