//! The keys, against vectors that another implementation made.

use super::*;

/// RFC 8032, 7.1, test 2: seed, public key, message and signature.
const SEED: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
const PUBLIC: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

fn bytes<const LENGTH: usize>(hex: &str) -> [u8; LENGTH] {
    let byte = |index: usize| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).expect("hex");
    std::array::from_fn(byte)
}

#[test]
fn signatures_are_those_of_rfc_8032() {
    let keys = ReceiptKeys::new(3, [(3, Zeroizing::new(bytes::<32>(SEED)))]).expect("a key");
    let signature = keys.sign(&[0x72]);
    assert_eq!(signature, bytes::<64>(SIGNATURE));
    assert_eq!(keys.verify(3, &[0x72], &signature), Ok(()));
    assert_eq!(keys.verify(3, &[0x73], &signature), Err(CodeError::Signature));
    assert_eq!(keys.verify(4, &[0x72], &signature), Err(CodeError::UnknownKey(4)));
    let [jwk] = &keys.jwk_set().keys[..] else { panic!("one key") };
    assert_eq!(jwk.x, URL_SAFE_NO_PAD.encode(bytes::<32>(PUBLIC)));
    assert_eq!((jwk.kty, jwk.crv, jwk.kid.as_str()), ("OKP", "Ed25519", "3"));
}

#[test]
fn keys_without_their_current_version_are_refused_and_no_seed_is_shown() {
    assert!(ReceiptKeys::new(2, [(1, Zeroizing::new([1; 32]))]).is_none());
    let keys = ReceiptKeys::new(1, [(1, Zeroizing::new([1; 32]))]).expect("a key");
    assert_eq!(format!("{keys:?}"), "ReceiptKeys(current 1, 1 versions)");
}
