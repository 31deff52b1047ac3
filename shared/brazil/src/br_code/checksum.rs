//! The checksum of a BR Code.

use crc::{CRC_16_IBM_3740, Crc};

static CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);

/// Returns the checksum of object 63: CRC-16/IBM-3740, also called CCITT-FALSE.
///
/// In a BR Code it covers every character up to and including `6304`.
/// Source: BCB, Manual do BR Code 2.0.1. The check value of `123456789` is `0x29B1`.
pub fn crc16(bytes: &[u8]) -> u16 {
    CRC.checksum(bytes)
}
