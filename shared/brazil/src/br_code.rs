//! The BR Code: the text behind a Pix QR code and "copia e cola", in the EMV merchant-presented
//! format.

mod account;
mod amount;
mod checksum;
mod code;
mod error;
mod limits;
mod merchant;
mod read;
mod tlv;

pub use account::Arrangement;
pub use checksum::crc16;
pub use code::{BrCode, PointOfInitiation};
pub use error::BrCodeError;
pub use merchant::MerchantError;
